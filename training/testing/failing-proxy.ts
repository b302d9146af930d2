import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server between a client and the one at `target` that goes away for good as soon as a request's path ends in `lastPath`. */
export async function failingProxy(target: string, lastPath: string): Promise<string> {
  const server = createServer((asked, answer) => {
    if (asked.url?.endsWith(lastPath)) {
      server.close();
      server.closeAllConnections();
      return;
    }
    const forwarded = request(new URL(asked.url ?? "/", target), { method: asked.method ?? "GET", headers: asked.headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    asked.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
