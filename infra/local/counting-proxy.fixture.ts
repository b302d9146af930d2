import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingProxy {
  url: string;
  /** Calls that change something, since the last time they were taken: "PUT /bucket?policy=", "SSM.PutParameter", "CreateRole". */
  takeMutations(): string[];
  close(): void;
}

/** An HTTP proxy in front of an AWS service that notes each call which is no read. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const mutations: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const mutation = mutationOf(request, body.toString("latin1"));
    if (mutation !== undefined) mutations.push(mutation);
    const { hostname, port } = new URL(target);
    const onward = forward({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeMutations: () => mutations.splice(0),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const reads = /^(Get|Describe|List|Head|BatchGet|Query|Scan)/;

/** AWS names an operation in a header (JSON protocols), in the form (query protocol), or by method and path (S3). */
function mutationOf({ method, url, headers }: IncomingMessage, body: string): string | undefined {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return reads.test(target.split(".").at(-1) ?? "") ? undefined : target;
  const action = new URLSearchParams(body).get("Action");
  if (action !== null) return reads.test(action) ? undefined : action;
  return method === "GET" || method === "HEAD" ? undefined : `${method} ${url}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
