import { canonicalJson } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import ky, { isHTTPError, type KyInstance } from "ky";
import type { KeptAnswer, KeptAnswers } from "./kept-answers.ts";

export interface Patience {
  /** For one answer, its body included. @default 30 */
  seconds?: number;
  /** How often one is asked for. @default 6 */
  tries?: number;
  /** Seconds before the try after this one, where the server does not say how long to wait. @default 0.3, 0.6, 1.2 … */
  pauseSeconds?: (tried: number) => number;
}

/** What is worth another try. */
const passing = [408, 425, 429, 500, 502, 503, 504];
const longestPauseSeconds = 60;
const NOT_MODIFIED = 304;

/**
 * JSON over HTTP, patiently: what fails in passing is asked for again, what was got in this collection is not, and what the server says has not
 * changed since the last one is taken from there.
 */
export class Web {
  readonly #answers: KeptAnswers;
  readonly #ky: KyInstance;

  constructor(answers: KeptAnswers, patience: Patience = {}) {
    const { seconds = 30, tries = 6, pauseSeconds = (tried) => 0.3 * 2 ** (tried - 1) } = patience;
    this.#answers = answers;
    this.#ky = ky.create({
      fetch: fetchJson,
      timeout: seconds * 1000,
      throwHttpErrors: (status) => status !== NOT_MODIFIED,
      retry: {
        limit: tries - 1,
        methods: ["get", "post"],
        statusCodes: passing,
        afterStatusCodes: passing,
        maxRetryAfter: longestPauseSeconds * 1000,
        delay: (tried) => pauseSeconds(tried) * 1000,
        retryOnTimeout: true,
        shouldRetry: ({ error }) => (error instanceof UnreadableAnswer ? true : undefined),
      },
    });
  }

  /** @throws FalconryError `collect.unreachable`, `collect.refused` */
  get(url: string): Promise<unknown> {
    return this.#ask(`GET ${url}`, url, (kept) => this.#ky.get(url, { headers: conditions(kept) }));
  }

  /** A POST that asks and changes nothing. @throws FalconryError `collect.unreachable`, `collect.refused` */
  query(url: string, query: object): Promise<unknown> {
    return this.#ask(`POST ${url} ${canonicalJson(query)}`, url, () => this.#ky.post(url, { json: query }));
  }

  async #ask(request: string, url: string, ask: (kept: KeptAnswer | undefined) => Promise<Response>): Promise<unknown> {
    const kept = await this.#answers.get(request);
    if (kept?.collection === this.#answers.collection) return kept.document;
    const response = await ask(kept).catch((error: unknown) => {
      throw explained(url, error);
    });
    const answer = response.status === NOT_MODIFIED ? kept : await answerOf(response);
    if (answer === undefined) throw refused(url, response);
    await this.#answers.put(request, answer);
    return answer.document;
  }
}

/** A success whose body was cut off, or is no JSON: that of a proxy, say. */
class UnreadableAnswer extends Error {}

/** The body is read with the answer, so that the time limit and the further tries are for both. */
async function fetchJson(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.ok) return response;
  try {
    return Response.json(await response.json(), { status: response.status, headers: response.headers });
  } catch (cause) {
    throw new UnreadableAnswer(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function conditions(kept: KeptAnswer | undefined): Record<string, string> {
  return {
    ...(kept?.etag !== undefined && { "if-none-match": kept.etag }),
    ...(kept?.lastModified !== undefined && { "if-modified-since": kept.lastModified }),
  };
}

async function answerOf(response: Response): Promise<Omit<KeptAnswer, "collection">> {
  const [etag, lastModified] = [response.headers.get("etag"), response.headers.get("last-modified")];
  return { document: await response.json(), ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

function explained(url: string, error: unknown): FalconryError {
  if (isHTTPError(error) && !passing.includes(error.response.status)) {
    return refused(url, error.response, error);
  }
  const why = isHTTPError(error) ? `it answers ${error.response.status}` : reasonOf(error);
  return new FalconryError("collect.unreachable", {
    message: `${url} gave no answer: ${why}`,
    hint: "What has come so far is kept for a day: the same command goes on from there",
    cause: error,
  });
}

function refused(url: string, { status, statusText }: Response, cause?: unknown): FalconryError {
  return new FalconryError("collect.refused", {
    message: `${url} was refused: ${status} ${statusText}`.trim(),
    hint: "The service may have changed; what has come so far is kept",
    cause,
  });
}

/** `fetch` says only that it failed; why is what caused that. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
