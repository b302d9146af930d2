import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A server between a client and the one at `target` that goes away for good as soon as a request's path ends in `lastPath`. */
export async function failingProxy(target: string, lastPath: string): Promise<string> {
  const server = createServer((asked, answer) => {
    if (!asked.url?.endsWith(lastPath)) return forward(asked, answer, target);
    server.close();
    server.closeAllConnections();
  });
  return await listening(server);
}

/** One that goes away after so many requests, the last of which it hands on and never answers, and comes back after so many seconds. */
export async function absentProxy(target: string, { after, seconds }: { after: number; seconds: number }) {
  let requests = 0;
  let refused = 0;
  let isAway = false;
  const server = createServer((asked, answer) => {
    requests += 1;
    if (requests === after) {
      isAway = true;
      void setTimeout(seconds * 1000).then(() => {
        isAway = false;
      });
      handOn(asked, target, (answered) => {
        answered.resume();
        asked.socket.destroy();
      });
    } else if (isAway) {
      refused += 1;
      asked.socket.destroy();
    } else forward(asked, answer, target);
  });
  return { url: await listening(server), refused: () => refused };
}

function forward(asked: IncomingMessage, answer: ServerResponse, target: string): void {
  handOn(asked, target, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
}

function handOn(asked: IncomingMessage, target: string, take: (answered: IncomingMessage) => void): void {
  asked.pipe(request(new URL(asked.url ?? "/", target), { method: asked.method ?? "GET", headers: asked.headers }, take));
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
