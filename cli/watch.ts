import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import { type Followed, type Following, follow } from "./follow.ts";
import { type Outcome, outcomeOf, rests } from "./outcome.ts";

export interface Watched extends Followed {
  workload: string;
  outcome: Outcome;
}

/**
 * Follows what is in flight on a workload's endpoint until it rests. What supersedes it, or waited for a repair, is followed too.
 *
 * @returns undefined where nothing is in flight
 */
export async function watch(
  controlPlane: Pick<ControlPlaneClient, "status" | "reconcile" | "history" | "promotion">,
  workload: string,
  following: Following,
): Promise<Watched | undefined> {
  let watched: Watched | undefined;
  for (;;) {
    const { workloads } = await controlPlane.status(workload);
    const id = workloads[0]?.inFlight ?? null;
    if (id === null || id === watched?.report.promotion) return watched;
    watched = await watchOne(controlPlane, workload, id, following);
    const { kind, state } = watched.report;
    if (state !== "superseded" && kind !== "repair") return watched;
  }
}

/** Follows one promotion, rollback or repair until it rests; one that has ended is told from its beginning. */
export async function watchOne(
  controlPlane: Pick<ControlPlaneClient, "reconcile" | "history" | "promotion">,
  workload: string,
  id: string,
  following: Following,
): Promise<Watched> {
  const followed = await follow(controlPlane, workload, id, rests, following);
  return { workload, outcome: outcomeOf(followed), ...followed };
}
