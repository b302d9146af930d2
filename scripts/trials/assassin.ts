import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describeEndpoint } from "@falconry/registry/endpoint/describe.ts";
import { containersOf } from "./containers.ts";
import type { FalconRegion } from "./falcon-region.ts";
import { kill, killService } from "./kill.ts";
import type { Outcome } from "./traffic.ts";

export const victims = ["control plane", "command line", "container", "endpoint host's youngest child"] as const;

export type Victim = (typeof victims)[number];

/** One SIGKILL. Moments are those of `performance.now()`. */
export interface Kill {
  victim: Victim;
  at: number;
  /** Nothing of the process is left, and the endpoint host has had its turn to hear of it: a busy machine takes its time for both. */
  gone: number;
}

/**
 * Kills one of them.
 *
 * @param random which container, where there are several
 * @param watcher a command line that watches falcon
 */
export async function assassinate(region: FalconRegion, victim: Victim, random: () => number, watcher: ChildProcess): Promise<Kill> {
  if (victim === "command line") {
    watcher.kill("SIGKILL");
  } else if (victim === "control plane") {
    await killService(region.folder, "control-plane");
  } else {
    const containers = await containersOf(region.folder, region.endpoint);
    const chosen = victim === "container" ? Math.floor(random() * containers.length) : containers.length - 1;
    const pid = containers[chosen];
    if (pid === undefined) throw new Error(`${region.endpoint} has no container`);
    const at = performance.now();
    kill(pid);
    // Dead is not enough: as long as one of its threads is ending, its sockets are open and take requests. It is collected after the last one.
    while (existsSync(`/proc/${pid}`)) await pause(1);
    await describeEndpoint(region.environment.sagemaker, region.endpoint);
    return { victim, at, gone: performance.now() };
  }
  const now = performance.now();
  return { victim, at: now, gone: now };
}

/**
 * Whether a failed request was under way in a container that was killed: the endpoint host says that a container ended before it answered, and the request was
 * sent before the host could know that the killed container is gone, and ended after the kill. Nothing else is forgiven.
 */
export function diedInContainer({ sent, answered, failure = "" }: Outcome, kills: readonly Kill[]): boolean {
  if (!failure.startsWith("503") || !failure.includes("ended before it answered")) return false;
  return kills.some(
    ({ victim, at, gone }) => (victim === "container" || victim === "endpoint host's youngest child") && sent < gone && answered > at,
  );
}
