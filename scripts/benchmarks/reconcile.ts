import { endpointOf } from "@falconry/environment/descriptor.ts";
import { intercepted } from "@falconry/registry/crash.fixture.ts";
import { Memory } from "@falconry/registry/promotion/memory.ts";
import { registryOf } from "@falconry/registry/registry.ts";
import { inRegion, timed } from "./in-region.ts";
import { type Measurement, median } from "./measurement.ts";
import { writeLedger } from "./written-ledger.ts";

const limits = { milliseconds: 50, calls: 3 };
const passesPerRun = 20;
const [youngLedger, oldLedger] = [100, 10_000];

/** A pass over an endpoint where nothing is to do: by a process that has just begun, and by one that has read a long ledger before. */
export function measureReconcile(runs: number): Promise<Measurement[]> {
  return inRegion(async (environment) => {
    const { name } = endpointOf(environment.descriptor, "falcon");
    const measurements: Measurement[] = [];
    let calls = 0;
    const counted = intercepted(environment, (_name, _input, call) => {
      calls += 1;
      return call();
    });
    const measure = async (what: string, memory: () => Memory) => {
      const pass = () => registryOf(counted, { actor: "ada", now: () => new Date(), memory: memory() }).reconcile("falcon");
      await pass(); // loads what every pass needs
      const [milliseconds, callsOfEach]: [number[], number[]] = [[], []];
      for (let run = 0; run < runs; run += 1) {
        const passes: number[] = [];
        for (let at = 0; at < passesPerRun; at += 1) {
          calls = 0;
          passes.push(await timed(pass));
          callsOfEach.push(calls);
        }
        milliseconds.push(median(passes));
      }
      const common = { benchmark: "reconcile", what };
      measurements.push(
        { ...common, unit: "ms", ours: milliseconds, other: { name: "limit", runs: [limits.milliseconds] } },
        { ...common, unit: "API calls", ours: [Math.max(...callsOfEach)], other: { name: "limit", runs: [limits.calls] } },
      );
    };
    await writeLedger(environment, name, youngLedger);
    await measure(`nothing to do, ${youngLedger} events, first look`, () => new Memory());
    await writeLedger(environment, name, oldLedger);
    const memory = new Memory();
    await measure(`nothing to do, ${oldLedger.toLocaleString("en-US")} events, read before`, () => memory);
    return measurements;
  });
}
