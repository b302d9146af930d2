import { FalconryError } from "@falconry/environment/error.ts";
import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import { type Following, follow } from "./follow.ts";
import { rests } from "./outcome.ts";

/** A rollback that has come to its end. */
export interface RolledBack {
  /** Id of the rollback in the ledger, or of the promotion that was given up. */
  rollback: string;
  workload: string;
  /** The version that was live, or on its way; 0 is the bootstrap model. */
  from: number;
  to: number;
  /** From the command to the first answer of the version that was put back. */
  seconds: number;
  /** It had been asked for before. */
  already?: true;
}

/**
 * Asks for a rollback and waits for its end.
 *
 * @throws FalconryError `registry.deployment-failed`, `registry.superseded`, and those of the control plane
 */
export async function rollBack(
  controlPlane: Pick<ControlPlaneClient, "rollback" | "reconcile" | "history" | "promotion">,
  workload: string,
  how: { to?: number; reason: string },
  following: Following,
): Promise<RolledBack> {
  const asked = await controlPlane.rollback(workload, how);
  following.progress(`${workload} goes back from version ${asked.from} to version ${asked.to}; waiting for its answers`);
  const { report } = await follow(controlPlane, workload, asked.rollback, rests, following);
  const { state, because, from = asked.from, to = asked.to, seconds } = report;
  if (state === "rolled-back" && seconds !== undefined) {
    return { rollback: asked.rollback, workload, from, to, seconds, ...(asked.already && { already: true }) };
  }
  throw new FalconryError(state === "superseded" ? "registry.superseded" : "registry.deployment-failed", {
    message: `${asked.rollback}: ${workload} did not come back to version ${asked.to}: it is ${state.replaceAll("-", " ")}${because === undefined ? "" : `: ${because}`}`,
    hint: `See what serves with: falconry status ${workload}`,
  });
}
