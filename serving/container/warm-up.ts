import { pino } from "pino";
import { inferenceServer, type ServedModel } from "./inference-server.ts";
import { InvocationMeter } from "./invocation-meter.ts";
import type { ContainerLineage } from "./settings.ts";

/** After so many the answers come as quickly as ever: Node has compiled what they take by then. */
const requests = 400;
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
  const end = now() + longestMilliseconds;
  for (let sent = 0; sent < requests && now() < end; sent += 1) {
    const answer = await fetch(`${address}/invocations`, { method: "POST", headers: { "content-type": "application/json" }, body });
    await answer.arrayBuffer();
  }
  await server.close();
}
