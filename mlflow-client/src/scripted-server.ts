import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a {@link ScriptedServer} does with one request. */
export type Deed = (response: ServerResponse, request: IncomingMessage) => void;

/** A server for tests that carries out one deed after the other, and the last one for ever. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
}

/** @param port 0 for any that is free */
export async function scriptedServer(deeds: readonly Deed[], port = 0): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const deed = deeds[Math.min(seen.length, deeds.length - 1)];
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: (await buffer(request)).toString() });
    deed?.(response, request);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError(`no port in ${address}`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function answers(status: number, content: unknown, headers: Record<string, string> = {}): Deed {
  return (response) => {
    response.writeHead(status, headers);
    response.end(typeof content === "string" ? content : JSON.stringify(content));
  };
}

/** Does the work, as far as the client can know, and hangs up without a word. */
export const swallowsTheAnswer: Deed = (_response, request) => request.socket.destroy();

export const neverAnswers: Deed = () => {};

/** Promises more bytes than it sends. */
export const breaksOffTheAnswer: Deed = (response) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write('{"run":');
  setImmediate(() => response.destroy());
};
