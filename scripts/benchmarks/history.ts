import { randomUUID } from "node:crypto";
import { endpointOf } from "@falconry/environment/descriptor.ts";
import { connect } from "@falconry/environment/environment.ts";
import { registryOf } from "@falconry/registry/registry.ts";
import { inRegion, timed } from "./in-region.ts";
import type { Measurement } from "./measurement.ts";
import { writeLedger } from "./written-ledger.ts";

const events = 10_000;
const limitSeconds = 1;

/** How long the whole history of an old endpoint takes, page by page. */
export function measureHistory(runs: number): Promise<Measurement[]> {
  return inRegion(async ({ descriptor }) => {
    const endpoint = { ...endpointOf(descriptor, "falcon"), name: `bench-${randomUUID()}` };
    const environment = connect({ ...descriptor, endpoints: { falcon: endpoint } });
    try {
      await writeLedger(environment, endpoint.name, events);
      const seconds: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        const registry = registryOf(environment, { actor: "ada", now: () => new Date() });
        seconds.push((await timed(() => readAll(registry))) / 1000);
      }
      return [
        { benchmark: "history", what: "10,000 events in pages", unit: "s", ours: seconds, other: { name: "limit", runs: [limitSeconds] } },
      ];
    } finally {
      environment[Symbol.dispose]();
    }
  });
}

async function readAll(registry: ReturnType<typeof registryOf>): Promise<void> {
  let read = 0;
  for (let more = true; more; ) {
    const page = await registry.history("falcon", { after: read });
    read += page.events.length;
    more = page.more;
  }
  if (read !== events) throw new Error(`${read} of ${events} events were read`);
}
