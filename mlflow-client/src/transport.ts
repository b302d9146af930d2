import { setImmediate } from "node:timers/promises";
import type { Authenticate } from "./authentication.ts";
import { connectionFailure } from "./connection-failure.ts";
import { MlflowError } from "./error.ts";
import { JsonObject } from "./json-object.ts";
import { refusal } from "./refusal.ts";
import { encodeBody, type Json, type Query, type Request, requestUrl, UnreadableFile } from "./request.ts";
import { type RetrySettings, withRetries } from "./retry.ts";
import { StallTimer } from "./stall-timer.ts";

export interface TransportSettings extends RetrySettings {
  /** What answers at the URI, for error messages. */
  server: string;
  uri: string;
  timeoutSeconds: number;
  fetch: typeof fetch;
  authenticate: Authenticate;
}

/** Too many requests, or a proxy whose server is away for the moment. */
const passingStatuses = new Set([429, 502, 503, 504]);

/** Sends requests to one server: timeout, retries, and one kind of error for everything that goes wrong. */
export class Transport {
  readonly #settings: TransportSettings;
  readonly #root: string;

  /** @throws TypeError for a URI that is no http or https URL, or holds a password, which error messages would tell */
  constructor(settings: TransportSettings) {
    const url = URL.canParse(settings.uri) ? new URL(settings.uri) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new TypeError(`URI "${settings.uri}" of ${settings.server} is no http or https URL`);
    }
    if (url.username !== "" || url.password !== "")
      throw new TypeError(`URI of ${settings.server}: a name or a password goes into \`authentication\``);
    this.#settings = settings;
    this.#root = settings.uri.replace(/\/+$/, "");
  }

  get(path: string, query: Query = {}): Promise<JsonObject> {
    return this.#json({ method: "GET", path, query, repeatable: true });
  }

  /** For what is as good done twice as once. */
  repeatable(method: "POST" | "PATCH" | "DELETE", path: string, json: Json): Promise<JsonObject> {
    return this.#json({ method, path, body: { json }, repeatable: true });
  }

  /** For what makes a new thing each time. */
  create(path: string, json: Json): Promise<JsonObject> {
    return this.#json({ method: "POST", path, body: { json }, repeatable: false });
  }

  /** @returns the answer's body as it came */
  bytes(request: Request): Promise<Uint8Array> {
    return this.exchange(request, async (response) => new Uint8Array(await response.arrayBuffer()));
  }

  /** @param read takes the answer in, however large: it calls `moved` while bytes come, and again from the start where a try fails */
  exchange<T>(request: Request, read: (response: Response, moved: () => void) => Promise<T>): Promise<T> {
    return withRetries(
      this.#settings,
      (error) => mayPass(error, request),
      () => this.#send(request, read),
    );
  }

  async #json(request: Request): Promise<JsonObject> {
    const { method, path } = request;
    const text = new TextDecoder().decode(await this.bytes(request));
    const malformed = (problem: string) =>
      new MlflowError({ status: 200, code: "MALFORMED_ANSWER", message: `${problem}: ${text.slice(0, 200)}`, method, path });
    return new JsonObject(parseJson(text), malformed);
  }

  async #send<T>(request: Request, read: (response: Response, moved: () => void) => Promise<T>): Promise<T> {
    if (!request.repeatable) await closedConnectionsAreNoticed();
    const stall = new StallTimer(this.#settings.timeoutSeconds);
    try {
      const { url, headers, init } = await this.#prepared(request, stall.moved);
      const { method } = request;
      const response = await this.#settings.fetch(url, { method, headers, ...init, redirect: "manual", signal: stall.signal });
      if (!response.ok) throw refusal(request, response, await response.text());
      return await read(response, stall.moved);
    } catch (error) {
      throw this.#unanswered(request, error) ?? error;
    } finally {
      stall.clear();
    }
  }

  async #prepared(request: Request, moved: () => void): Promise<{ url: string; headers: Record<string, string>; init: RequestInit }> {
    const { method, body } = request;
    const url = requestUrl(this.#root, request);
    const { init, headers } = encodeBody(body, moved);
    return { url, init, headers: { ...headers, ...(await this.#settings.authenticate({ method, url, headers, body })) } };
  }

  #unanswered({ method, path }: Request, cause: unknown): MlflowError | undefined {
    const { server, uri, timeoutSeconds } = this.#settings;
    const failed = { status: undefined, method, path, cause };
    if (cause instanceof DOMException && cause.name === "TimeoutError") {
      const message = `${server} at ${uri} gave no complete answer within ${timeoutSeconds} s`;
      return new MlflowError({ ...failed, code: "TIMEOUT", message });
    }
    // What fetch throws when the network fails; anything else comes from the caller's own fetch.
    if (!(cause instanceof TypeError)) return undefined;
    if (cause.cause instanceof UnreadableFile) throw cause.cause;
    const message = `${server} at ${uri} cannot be reached: ${connectionFailure(cause).reason}`;
    return new MlflowError({ ...failed, code: "UNREACHABLE", message });
  }
}

function mayPass(error: unknown, request: Request): boolean {
  if (!(error instanceof MlflowError)) return false;
  if (error.code !== "UNREACHABLE") return request.repeatable && error.status !== undefined && passingStatuses.has(error.status);
  const { fate } = connectionFailure(error.cause);
  return fate === "unsent" || (fate === "unknown" && request.repeatable);
}

/**
 * After a long computation, connections that the server has closed in the meantime still look open, and a request that may not be
 * repeated would be lost on one. Two turns of the event loop take the news in: the first may end a turn that began before.
 */
async function closedConnectionsAreNoticed(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** MLflow answers some requests with nothing, which stands for an empty object; what is no JSON is no object either. */
function parseJson(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
