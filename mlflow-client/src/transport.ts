import { connectionFailure, type RequestFate } from "./connection-failure.ts";
import { MlflowError } from "./error.ts";
import { JsonObject, MalformedAnswer } from "./json-object.ts";
import { type RetrySettings, withRetries } from "./retry.ts";

export type Query = Record<string, string | number | undefined>;

/** A list value of JSON keeps its order, a field that is undefined is left out. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [field: string]: Json };

export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the tracking URI, percent-encoded where needed. */
  path: string;
  query?: Query;
  body?: { json: Json } | { bytes: Uint8Array };
  /** Doing it twice is as good as once. Anything else is sent again only where the server surely never saw it. */
  repeatable: boolean;
}

export interface TransportSettings extends RetrySettings {
  trackingUri: string;
  timeoutSeconds: number;
  fetch: typeof fetch;
}

const passingStatuses = new Set([429, 502, 503, 504]);

/** Sends requests to the tracking server: timeout, retries, and one kind of error for everything that goes wrong. */
export class Transport {
  readonly #settings: TransportSettings;
  readonly #root: string;

  /** @throws TypeError for a tracking URI that is no http or https URL */
  constructor(settings: TransportSettings) {
    if (!URL.canParse(settings.trackingUri) || !/^https?:$/.test(new URL(settings.trackingUri).protocol)) {
      throw new TypeError(`tracking URI "${settings.trackingUri}" is no http or https URL`);
    }
    this.#settings = settings;
    this.#root = settings.trackingUri.replace(/\/+$/, "");
  }

  get(path: string, query: Query = {}): Promise<JsonObject> {
    return this.json({ method: "GET", path, query, repeatable: true });
  }

  /** For what is as good done twice as once. */
  repeatable(method: "POST" | "PATCH" | "DELETE", path: string, json: Json): Promise<JsonObject> {
    return this.json({ method, path, body: { json }, repeatable: true });
  }

  /** For what makes a new thing each time. */
  create(path: string, json: Json): Promise<JsonObject> {
    return this.json({ method: "POST", path, body: { json }, repeatable: false });
  }

  async json(request: Request): Promise<JsonObject> {
    const bytes = await this.bytes(request);
    const text = new TextDecoder().decode(bytes);
    try {
      return new JsonObject(text === "" ? {} : JSON.parse(text));
    } catch (cause) {
      if (!(cause instanceof SyntaxError || cause instanceof MalformedAnswer)) throw cause;
      throw new MlflowError({
        ...asked(request),
        status: 200,
        code: "MALFORMED_ANSWER",
        message: `no JSON object: ${text.slice(0, 200)}`,
        cause,
      });
    }
  }

  /** @returns the answer's body as it came */
  bytes(request: Request): Promise<Uint8Array> {
    return withRetries(
      this.#settings,
      (error) => mayPass(error, request),
      () => this.#send(request),
    );
  }

  async #send(request: Request): Promise<Uint8Array> {
    const url = `${this.#root}${request.path}${queryString(request.query ?? {})}`;
    try {
      const response = await this.#settings.fetch(url, {
        method: request.method,
        ...encodeBody(request.body),
        redirect: "error",
        signal: AbortSignal.timeout(this.#settings.timeoutSeconds * 1000),
      });
      const body = new Uint8Array(await response.arrayBuffer());
      if (!response.ok) throw refusal(request, response.status, new TextDecoder().decode(body));
      return body;
    } catch (error) {
      throw error instanceof MlflowError ? error : this.#failure(request, error);
    }
  }

  #failure(request: Request, error: unknown): MlflowError {
    const { trackingUri, timeoutSeconds } = this.#settings;
    if (error instanceof DOMException && error.name === "TimeoutError") {
      const message = `MLflow at ${trackingUri} gave no complete answer within ${timeoutSeconds} s`;
      return new MlflowError({ ...asked(request), status: undefined, code: "TIMEOUT", message, cause: error });
    }
    const { fate, reason } = connectionFailure(error);
    return new Unreachable(request, fate, `MLflow at ${trackingUri} cannot be reached: ${reason}`, error);
  }
}

class Unreachable extends MlflowError {
  readonly fate: RequestFate;

  constructor(request: Request, fate: RequestFate, message: string, cause: unknown) {
    super({ ...asked(request), status: undefined, code: "UNREACHABLE", message, cause });
    this.fate = fate;
  }
}

function mayPass(error: unknown, request: Request): boolean {
  if (error instanceof Unreachable) return error.fate === "unsent" || (error.fate === "unknown" && request.repeatable);
  return error instanceof MlflowError && request.repeatable && error.status !== undefined && passingStatuses.has(error.status);
}

function asked(request: Request): { method: string; path: string } {
  return { method: request.method, path: request.path };
}

function refusal(request: Request, status: number, text: string): MlflowError {
  const { code, message } = mlflowRefusal(text) ?? {
    code: `HTTP_${status}`,
    message: text
      .replace(/<[^>]*>|\s+/g, " ")
      .trim()
      .slice(0, 300),
  };
  return new MlflowError({ ...asked(request), status, code, message: message || `status ${status}` });
}

function mlflowRefusal(text: string): { code: string; message: string } | undefined {
  try {
    const answer = new JsonObject(JSON.parse(text));
    return { code: answer.text("error_code"), message: answer.optionalText("message") ?? "" };
  } catch {
    return undefined;
  }
}

function encodeBody(body: Request["body"]): { body?: Uint8Array<ArrayBuffer> | string; headers?: Record<string, string> } {
  if (body === undefined) return {};
  if ("json" in body) return { body: JSON.stringify(body.json), headers: { "content-type": "application/json" } };
  return { body: new Uint8Array(body.bytes), headers: { "content-type": "application/octet-stream" } };
}

function queryString(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters}`;
}
