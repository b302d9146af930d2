import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** How a service fails in passing: with a status, a page of a proxy, half an answer, a broken connection, or no word at all. */
export const mishaps = ["503", "429", "page", "half", "reset", "silence"] as const;
/** Also what does not pass: nothing has changed, says the service, whatever it was asked. */
export type Mishap = (typeof mishaps)[number] | "304";

export interface ReplayingService {
  url: string;
  /** Requests that were answered well, as `GET /path?query` or `POST /path body`; those whose answer had not changed end in ` 304`. */
  answered: string[];
}

/**
 * A web service that gives recorded answers, with an ETag each.
 *
 * @param answer by path and query, and the body of a POST; undefined where there is none: 404
 * @param next what befalls the next request; nothing where undefined
 */
export async function replayingService(
  answer: (path: string, body: string) => unknown,
  next: () => Mishap | undefined = () => undefined,
): Promise<ReplayingService> {
  const answered: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const mishap = next();
    if (mishap === "reset") return request.socket.resetAndDestroy();
    if (mishap === "silence") return;
    if (mishap === "503" || mishap === "429") return response.writeHead(Number(mishap), { "retry-after": "0" }).end("busy");
    if (mishap === "304") return response.writeHead(304).end();
    if (mishap === "page") return response.writeHead(200, { "content-type": "text/html" }).end("<h1>Please log in</h1>");
    const document = answer(request.url ?? "", body);
    if (document === undefined) return response.writeHead(404).end();
    const answer200 = JSON.stringify(document);
    if (mishap === "half") {
      response.writeHead(200, { "content-length": answer200.length }).write(answer200.slice(0, answer200.length / 2));
      return setImmediate(() => request.socket.destroy());
    }
    answered.push([request.method, request.url, body].filter(Boolean).join(" ") + give(request, response, answer200));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answered };
}

/** @returns how it is told from an answer that was sent whole */
function give(request: IncomingMessage, response: ServerResponse, body: string): string {
  const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
  if (request.method === "GET" && request.headers["if-none-match"] === etag) {
    response.writeHead(304, { etag }).end();
    return " 304";
  }
  response.writeHead(200, { "content-type": "application/json", ...(request.method === "GET" && { etag }) }).end(body);
  return "";
}
