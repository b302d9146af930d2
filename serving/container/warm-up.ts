import { Agent, request } from "node:http";
import { pino } from "pino";
import { inferenceServer, type ServedModel } from "./inference-server.ts";
import { InvocationMeter } from "./invocation-meter.ts";
import type { ContainerLineage } from "./settings.ts";

/** After so many most of what they take is compiled; more would hold the container up for longer than they gain. */
const requests = 200;
/** A large model is not held up for long. */
const longestMilliseconds = 2_000;

/**
 * Answers requests of its own before anybody else's: the first hundreds take ten times as long as the later ones, and a canary would be held for slow that is
 * only new. The requests take the whole way, over a socket of this machine, and are counted and logged nowhere.
 */
export async function warmUp(model: ServedModel, lineage: ContainerLineage, now: () => number): Promise<void> {
  const server = inferenceServer(model, lineage, pino({ level: "silent" }), { meter: new InvocationMeter(model.classes), now });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const row = Object.fromEntries(model.inputs.map(({ name, type }) => [name, type === "double" ? 0 : ""]));
  const body = JSON.stringify({ dataframe_records: [row] });
  const agent = new Agent({ keepAlive: true });
  const end = now() + longestMilliseconds;
  for (let sent = 0; sent < requests && now() < end; sent += 1) {
    await post(`${address}/invocations`, agent, body);
  }
  agent.destroy();
  await server.close();
}

/** Costs half of what `fetch` does: a container is started in seconds. */
function post(url: string, agent: Agent, body: string): Promise<void> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers }, (answer) => answer.resume().on("end", resolve).on("error", reject));
    asked.on("error", reject).end(body);
  });
}
