import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "./context.ts";
import type { Deployment } from "./endpoint/deployment.ts";
import { requireEndpoint } from "./endpoint/describe.ts";
import { reconcile } from "./promotion/reconcile.ts";
import { requireReason, requireSuccess } from "./promotion/report.ts";
import { champion } from "./promotion/state.ts";
import { Story } from "./promotion/story.ts";

export interface RollbackReport {
  /** Id of the rollback in the ledger. */
  rollback: string;
  workload: string;
  /** The version that was live, or on its way. */
  from: number;
  to: number;
  /** From the command to the first answer of the version that was put back. */
  seconds: number;
}

/**
 * Puts the last good version before the champion back, or `to`: any version that was ever live. No gates; nothing is deleted; a promotion in
 * flight is given up. A rollback that a crash cut short is finished, not begun again.
 *
 * @throws FalconryError `registry.nothing-to-roll-back-to`, `registry.never-live`, `registry.already-live`, `registry.reason-missing`,
 * `registry.deployment-failed`, `registry.superseded`
 */
export async function rollback(
  context: RegistryContext,
  workload: string,
  { to, reason }: { to?: number; reason: string },
): Promise<RollbackReport> {
  const story = await Story.read(context, workload);
  const { inFlight } = story.state;
  if (inFlight?.kind === "rollback" && (to ?? inFlight.version) === inFlight.version) return finish(context, workload, inFlight.id);

  const because = requireReason(reason);
  const { from, deployment } = course(story, to);
  const { config } = await requireEndpoint(context.environment, story.endpoint);
  const id = story.nextId;
  await story.record({
    type: "rolling-back",
    promotion: id,
    reason: because,
    from,
    deployment,
    previousConfig: config,
    ...(inFlight && { supersedes: inFlight.id }),
  });
  return finish(context, workload, id);
}

async function finish(context: RegistryContext, workload: string, id: string): Promise<RollbackReport> {
  const story = await reconcile(context, workload);
  requireSuccess(story, id);
  const events = story.events.filter(({ promotion }) => promotion === id);
  const begun = events.find((event) => event.type === "rolling-back");
  const done = events.find((event) => event.type === "rolled-back");
  if (begun === undefined || done === undefined) throw new Error(`${id} rests, and was not rolled back`);
  return { rollback: id, workload, from: begun.from, to: done.version, seconds: done.seconds };
}

/** Where from and where to. While a promotion is being deployed it is the one to leave, and the champion is the one to go to. */
function course({ state, workload }: Story, to: number | undefined): { from: number; deployment: Deployment } {
  const live = champion(state);
  const { inFlight } = state;
  const leaving = inFlight !== undefined && "deployment" in inFlight.progress ? inFlight.progress.deployment : live;
  const deployment = to === undefined ? (leaving === live ? state.good.at(-2) : live) : state.everLive.get(to);
  if (leaving !== undefined && deployment !== undefined && deployment.config !== leaving.config) {
    return { from: leaving.version, deployment };
  }
  throw nowhere(workload, [...state.everLive.keys()], leaving, to);
}

function nowhere(workload: string, everLive: number[], leaving: Deployment | undefined, to: number | undefined): FalconryError {
  if (to === undefined || leaving === undefined) {
    return new FalconryError("registry.nothing-to-roll-back-to", {
      message:
        leaving === undefined
          ? `no version of ${workload} ever went live`
          : `no good version of ${workload} stands behind version ${leaving.version}`,
      hint: `Promote a version; list them with: falconry models ${workload}`,
    });
  }
  if (to === leaving.version) {
    return new FalconryError("registry.already-live", {
      message: `version ${to} of ${workload} is live already`,
      hint: "Leave --to out to go to the last good version before it",
    });
  }
  return new FalconryError("registry.never-live", {
    message: `version ${to} of ${workload} was never live`,
    hint: `Name one of: ${everLive.sort((one, other) => one - other).join(", ")}`,
  });
}
