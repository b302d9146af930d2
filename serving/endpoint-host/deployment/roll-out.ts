import type { Fleet } from "../fleet.ts";
import { type DeploymentConfig, trafficShifts } from "./deployment-config.ts";
import type { Guard } from "./guard.ts";
import type { Stage } from "./stage.ts";
import type { Traffic } from "./traffic.ts";

export interface RolloutOptions {
  config: DeploymentConfig | undefined;
  /** Of the new fleet. */
  instances: number;
  green: Fleet;
  /** Absent where the endpoint has none yet. */
  traffic: Traffic | undefined;
  guard: Guard;
  /** Writes the next stage down, before anything is done in it. */
  enter: (stage: Stage) => Promise<void>;
}

/**
 * Brings a new fleet up beside the live one and shifts the traffic to it, step by step, waiting after each. The live fleet stays
 * whole, so that everything can return to it.
 *
 * @returns why it must be given up; undefined when the new fleet has proved itself
 * @throws Error of the first instance that did not come up
 */
export async function rollOut({ config, instances, green, traffic, guard, enter }: RolloutOptions): Promise<string | undefined> {
  const objection = await provision(green, guard);
  if (objection !== undefined || traffic === undefined) return objection;
  const policy = config?.BlueGreenUpdatePolicy;
  const shifts = trafficShifts(config, instances);
  for (const taking of shifts) {
    await enter("ActivatingTraffic");
    traffic.shift(green, taking, instances);
    await enter("Baking");
    const wait = taking < instances ? policy?.TrafficRoutingConfiguration.WaitIntervalInSeconds : policy?.TerminationWaitInSeconds;
    const alarmed = await guard.watchFor(wait ?? 0);
    if (alarmed !== undefined) return alarmed;
  }
  return undefined;
}

async function provision(green: Fleet, guard: Guard): Promise<string | undefined> {
  const start = green.start();
  const objection = await guard.watchUntil(start);
  if (objection === undefined) await start;
  return objection;
}
