import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * For tests: what a bug in native code does to a container. A process that was started with `NODE_OPTIONS=--import=<URL of this file>?requests=500` (a
 * variable of the SageMaker model will do) is gone without a word at its 500th call of /invocations. What the container asks itself before it is ready comes
 * on another port, and does not count.
 */
const requests = Number(new URL(import.meta.url).searchParams.get("requests"));
if (!Number.isInteger(requests) || requests < 1) throw new RangeError(`${import.meta.url}: requests is no number of requests`);

const port = Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080);
let seen = 0;
subscribe("http.server.request.start", (message) => {
  const { request } = message as { request: IncomingMessage };
  if (request.url !== "/invocations" || request.socket.localPort !== port) return;
  seen += 1;
  if (seen === requests) process.kill(process.pid, "SIGKILL");
});
