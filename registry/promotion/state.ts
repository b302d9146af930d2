import type { Candidate, Deployment } from "../endpoint/deployment.ts";
import type { Verdict } from "../gates/verdict.ts";
import type { PromotionEvent } from "./events.ts";
import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";

/** A promotion or a rollback: what was asked for, and how far it has come. */
export interface Operation {
  /** `<workload>-<sequence of its first event>`. */
  id: string;
  kind: "promotion" | "rollback";
  /** The version that is to be live. */
  version: number;
  /** Empty for a rollback, and until the gates were run. */
  gates: Verdict[];
  /** ISO 8601: when it was asked for. */
  time: string;
  progress: Progress;
}

type Progress =
  | { state: "requested"; settings: PromotionSettings }
  | { state: "awaiting-approval"; candidate: Candidate }
  | { state: "approved"; candidate: Candidate }
  | UnderWay
  | { state: EndedState; because?: string };

/** From the intention to deploy until the endpoint was read back. */
export interface UnderWay {
  /** "returning": the new configuration did not answer as it should; the endpoint goes back to the one before. */
  state: "deploying" | "rolling-back" | "returning";
  deployment: Deployment;
  /** The configuration that the endpoint had before. */
  previousConfig: string;
  /** The configuration that SageMaker took the last order for. */
  ordered?: string;
  /** How often in a row it took that order. */
  orders?: number;
  /** Why it is returning. */
  because?: string;
}

type EndedState = "refused" | "rejected" | "failed" | "superseded" | "live" | "rolled-back";

/** What the events of one endpoint add up to. */
export interface EndpointState {
  /** By id, oldest first. */
  operations: ReadonlyMap<string, Operation>;
  inFlight?: Operation;
  /** Deployments that went live and were not rolled back from, oldest first. The last one is the champion; a rollback goes to the one before. */
  good: readonly Deployment[];
  /** The latest deployment of every version that was ever live: where `--to` may go. */
  everLive: ReadonlyMap<number, Deployment>;
}

export function champion(state: EndpointState): Deployment | undefined {
  return state.good.at(-1);
}

/** @param events in order, from the first */
export function fold(events: Iterable<PromotionEvent>): EndpointState {
  const operations = new Map<string, Operation>();
  const everLive = new Map<number, Deployment>();
  let good: Deployment[] = [];
  let inFlight: Operation | undefined;
  for (const event of events) {
    if (event.type === "rolling-back" && event.supersedes !== undefined) {
      const givenUp = known(operations, event.supersedes);
      operations.set(givenUp.id, { ...givenUp, progress: { state: "superseded", because: `by ${event.promotion}` } });
    }
    const before = operations.get(event.promotion);
    if (event.type === "live" || event.type === "rolled-back") {
      const { deployment } = underWay(known(operations, event.promotion), event);
      good = [...goodBefore(deployment, good), deployment];
      everLive.set(deployment.version, deployment);
    }
    const operation = advance(before, event);
    operations.set(operation.id, operation);
    inFlight = hasEnded(operation) ? undefined : operation;
  }
  return { operations, good, everLive, ...(inFlight === undefined ? {} : { inFlight }) };
}

function hasEnded({ progress }: Operation): boolean {
  return !("candidate" in progress || "deployment" in progress || "settings" in progress);
}

function advance(before: Operation | undefined, event: PromotionEvent): Operation {
  if (event.type === "requested" || event.type === "rolling-back") return begin(event);
  if (before === undefined) throw impossible(event, "is about nothing that was asked for");
  const to = (progress: Progress): Operation => ({ ...before, progress });
  switch (event.type) {
    case "gates-passed":
      return { ...to({ state: "awaiting-approval", candidate: event.candidate }), gates: event.gates };
    case "gates-failed":
      return { ...to({ state: "refused", because: failedGates(event.gates) }), gates: event.gates };
    case "approved":
      return to({ state: "approved", candidate: candidateOf(before, event) });
    case "rejected":
      return to({ state: "rejected", because: event.reason });
    case "deploying":
      return to({ state: "deploying", deployment: event.deployment, previousConfig: event.previousConfig });
    case "updating":
      return to(ordered(underWay(before, event), event.config));
    case "probe-failed":
      return to({ ...underWay(before, event), state: "returning", because: event.reason });
    case "failed":
      return to({ state: "failed", because: event.reason });
    case "live":
      return to({ state: "live" });
    case "rolled-back":
      return to({ state: "rolled-back" });
  }
}

function begin(event: Extract<PromotionEvent, { type: "requested" | "rolling-back" }>): Operation {
  const asked = { id: event.promotion, gates: [], time: event.time };
  if (event.type === "requested") {
    return { ...asked, kind: "promotion", version: event.version, progress: { state: "requested", settings: event.settings } };
  }
  const { deployment, previousConfig } = event;
  return { ...asked, kind: "rollback", version: deployment.version, progress: { state: "rolling-back", deployment, previousConfig } };
}

/** Going live again takes back whatever was live since then. */
function goodBefore(deployment: Deployment, good: readonly Deployment[]): Deployment[] {
  const earlier = good.findLastIndex(({ config }) => config === deployment.config);
  return earlier === -1 ? [...good] : good.slice(0, earlier);
}

function known(operations: ReadonlyMap<string, Operation>, id: string): Operation {
  const operation = operations.get(id);
  if (operation === undefined) throw new Error(`the ledger speaks of ${id}, which nobody asked for`);
  return operation;
}

function underWay({ progress }: Operation, event: PromotionEvent): UnderWay {
  if ("deployment" in progress) return progress;
  throw impossible(event, `follows "${progress.state}"`);
}

function ordered(progress: UnderWay, config: string): UnderWay {
  return { ...progress, ordered: config, orders: progress.ordered === config ? (progress.orders ?? 0) + 1 : 1 };
}

function candidateOf({ progress }: Operation, event: PromotionEvent): Candidate {
  if ("candidate" in progress) return progress.candidate;
  throw impossible(event, `follows "${progress.state}"`);
}

function failedGates(gates: Verdict[]): string {
  return gates
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)
    .join(", ");
}

/** Every append depends on the head that its writer had read, so a ledger with this in it was not written by us. */
function impossible({ sequence, type }: PromotionEvent, why: string): Error {
  return new Error(`event ${sequence} of type "${type}" ${why}`);
}
