import { setTimeout as pause } from "node:timers/promises";
import { endpointOf } from "@falconry/environment/descriptor.ts";
import { trip } from "@falconry/registry/canary/signals.ts";
import { describeEndpoint } from "@falconry/registry/endpoint/describe.ts";
import { atRest } from "../trials/at-rest.ts";
import { containersOf } from "../trials/containers.ts";
import { type FalconRegion, falcon, inState, openFalconRegion } from "../trials/falcon-region.ts";
import { steadyTraffic } from "../trials/steady-traffic.ts";
import type { Traffic } from "../trials/traffic.ts";
import type { Measurement } from "./measurement.ts";

const limitSeconds = { rollback: 3, canary: 1 };
const requestsPerSecond = 200;
/** A look goes through all of the processes: more of them would be a load of their own. */
const lookMilliseconds = 50;
const SECOND = 1_000;

/**
 * How fast one gets away from a version, in a region of its own and under traffic: by the command, until the other version answers and the containers of the
 * one before are gone; and by an alarm in the bake, until no request goes to the challenger.
 */
export async function measureRollback(runs: number): Promise<Measurement[]> {
  const region = await openFalconRegion();
  const traffic = steadyTraffic({ ...region.requests, requestsPerSecond });
  try {
    const second = await region.registerAlike();
    await inState(await region.as("operator"), await region.promote(second), "live");
    await region.falconry("login", "operator");
    const byCommand: number[] = [];
    for (let run = 0; run < runs; run += 1) byCommand.push(await rollBack(region, traffic, run % 2 === 0 ? 1 : second));
    const byAlarm: number[] = [];
    for (let run = 0; run < runs; run += 1) byAlarm.push(await alarm(region, traffic));
    const limit = (seconds: number) => ({ name: "limit", runs: [seconds] });
    const common = { benchmark: "rollback", unit: "s" };
    return [
      { ...common, what: "command to answer, old containers gone", ours: byCommand, other: limit(limitSeconds.rollback) },
      { ...common, what: "alarm to all traffic on the champion", ours: byAlarm, other: limit(limitSeconds.canary) },
    ];
  } finally {
    await traffic.stop();
    await region.close();
  }
}

async function rollBack(region: FalconRegion, traffic: Traffic, to: number): Promise<number> {
  const before = await containersOf(region.folder, region.endpoint);
  const earlier = traffic.outcomes.length;
  const begun = performance.now();
  const command = region.falconry("rollback", falcon, "--to", String(to), "--reason", "measuring the way back");
  const answered = () => traffic.outcomes.slice(earlier).find(({ sent, version }) => sent >= begun && version === to)?.answered;
  for (let goneAt: number | undefined; ; await pause(lookMilliseconds)) {
    const left = await containersOf(region.folder, region.endpoint);
    if (!before.some((pid) => left.includes(pid))) goneAt ??= performance.now();
    const answeredAt = answered();
    if (goneAt === undefined || answeredAt === undefined) continue;
    await command;
    return (Math.max(goneAt, answeredAt) - begun) / SECOND;
  }
}

async function alarm(region: FalconRegion, traffic: Traffic): Promise<number> {
  const { sagemaker, descriptor } = region.environment;
  const challenger = await region.registerAlike();
  await region.promote(challenger);
  const answering = () => traffic.outcomes.at(-1)?.version === challenger;
  while (!answering()) await pause(lookMilliseconds);
  const begun = performance.now();
  await trip(region.environment, endpointOf(descriptor, falcon));
  while ((await describeEndpoint(sagemaker, region.endpoint))?.status !== "InService") await pause(lookMilliseconds);
  const lastSent = traffic.outcomes.findLast(({ version }) => version === challenger)?.sent ?? begun;
  await atRest(await region.as("operator"));
  return (Math.max(lastSent, begun) - begun) / SECOND;
}
