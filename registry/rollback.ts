import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "./context.ts";
import type { Deployment } from "./endpoint/deployment.ts";
import { type ObservedEndpoint, requireEndpoint } from "./endpoint/describe.ts";
import type { EventDraft } from "./promotion/events.ts";
import type { State } from "./promotion/machine.ts";
import { isUnderWay, type Operation, type UnderWay } from "./promotion/operation.ts";
import { promotionReport, requireReason } from "./promotion/report.ts";
import { champion, type EndpointState } from "./promotion/state.ts";
import { Story } from "./promotion/story.ts";

export interface RollbackReport {
  /** Id of the rollback in the ledger, or of the promotion that is given up. */
  rollback: string;
  workload: string;
  /** The version that was live, or on its way; 0 is the bootstrap model. */
  from: number;
  to: number;
  state: State;
  /** Once it has ended: from the command to the first answer of the version that was put back. */
  seconds?: number;
  /** It was asked for before: nothing was done. */
  already?: true;
}

/**
 * Puts the last good version before the champion back, or `to`: any version that was ever live. A promotion on its way is given up for the champion. No gates;
 * nothing is deleted. The answer comes at once; reconcile does it. Asked for again while it runs, or right after, it is the same rollback.
 *
 * @throws FalconryError `registry.nothing-to-roll-back-to`, `registry.never-live`, `registry.already-live`, `registry.reason-missing`, `environment.no-endpoint`
 */
export async function rollback(
  context: RegistryContext,
  workload: string,
  { to, reason }: { to?: number; reason: string },
): Promise<RollbackReport> {
  const because = requireReason(reason);
  const story = await Story.read(context, workload);
  const endpoint = await requireEndpoint(context.environment, story.endpoint);
  let course: Course | undefined;
  await story.recordAnew(() => {
    course = courseOf(story, to, endpoint, because);
    return course.event;
  });
  if (course === undefined) throw new Error("a rollback without a course");
  return report(workload, story.operation(course.id), course.event === undefined);
}

function report(workload: string, operation: Operation, already: boolean): RollbackReport {
  const { promotion, from = 0, to = 0, state, seconds } = promotionReport(workload, operation);
  return { rollback: promotion, workload, from, to, state, ...(seconds !== undefined && { seconds }), ...(already && { already }) };
}

interface Course {
  /** What goes back, or went. */
  id: string;
  /** Absent where it is under way, or done, already. */
  event?: EventDraft;
}

function courseOf(story: Story, to: number | undefined, endpoint: ObservedEndpoint, reason: string): Course {
  const { state, nextId } = story;
  const standing = underWayTo(state, to) ?? doneAlready(state, to, endpoint);
  if (standing !== undefined) return { id: standing.id };
  const coming = onItsWay(state);
  if (coming !== undefined && (to ?? coming.way.from.version) === coming.way.from.version) {
    return { id: coming.id, event: { type: "giving-up", promotion: coming.id, by: "person", reason } };
  }
  const way = { ...wayBack(story, to, endpoint), previousConfig: endpoint.config };
  const supersedes = state.promotion ?? state.wayBack;
  const event = { type: "rolling-back" as const, promotion: nextId, reason, ...way, ...(supersedes && { supersedes: supersedes.id }) };
  return { id: nextId, event };
}

/** What goes there already. A repair brings the champion back: without `to`, that is what is to be left. */
function underWayTo({ inFlight }: EndpointState, to: number | undefined): Operation | undefined {
  if (inFlight?.progress.state !== "rolling-back" && inFlight?.progress.state !== "repairing") return undefined;
  const target = inFlight.progress.to.version;
  return (to ?? (inFlight.kind === "repair" ? undefined : target)) === target ? inFlight : undefined;
}

/** The last thing that was asked for, where it was a rollback to the same version and the endpoint still runs it. */
function doneAlready(state: EndpointState, to: number | undefined, endpoint: ObservedEndpoint): Operation | undefined {
  const last = [...state.operations.values()].findLast(({ kind }) => kind !== "repair");
  if (last === undefined || state.inFlight !== undefined || !("wayBack" in last.progress) || last.progress.wayBack === undefined)
    return undefined;
  const { wayBack } = last.progress;
  const wasAskedFor = last.kind === "rollback" || wayBack.by === "person";
  const isThere = to === undefined || (to === wayBack.to && runs(endpoint, champion(state)));
  return wasAskedFor && isThere ? last : undefined;
}

/** A promotion that the endpoint is being brought to. */
function onItsWay({ promotion }: EndpointState): { id: string; way: UnderWay } | undefined {
  if (promotion === undefined || !isUnderWay(promotion.progress) || promotion.progress.state === "rolling-back") return undefined;
  return { id: promotion.id, way: promotion.progress };
}

function wayBack({ state, workload }: Story, to: number | undefined, endpoint: ObservedEndpoint): { from: number; deployment: Deployment } {
  const live = champion(state);
  const from = onItsWay(state)?.way.to.version ?? live?.version;
  const deployment = to === undefined ? state.good.at(-2) : state.everLive.get(to);
  if (from === undefined || (deployment === undefined && to === undefined)) {
    throw new FalconryError("registry.nothing-to-roll-back-to", {
      message:
        from === undefined ? `no version of ${workload} ever went live` : `no good version of ${workload} stands behind version ${from}`,
      hint: `Promote a version; list them with: falconry models ${workload}`,
    });
  }
  if (deployment === undefined) {
    throw new FalconryError("registry.never-live", {
      message: `version ${to} of ${workload} was never live`,
      hint: `Name one of: ${[...state.everLive.keys()].sort((one, other) => one - other).join(", ")}`,
    });
  }
  const isIdle = state.inFlight === undefined || !isUnderWay(state.inFlight.progress);
  if (isIdle && deployment.config === live?.config && runs(endpoint, live)) {
    throw new FalconryError("registry.already-live", {
      message: `version ${to} of ${workload} is live already`,
      hint: "Leave --to out to go to the last good version before it",
    });
  }
  return { from, deployment };
}

function runs({ status, config }: ObservedEndpoint, deployment: Deployment | undefined): boolean {
  return status === "InService" && config === deployment?.config;
}
