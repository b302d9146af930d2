import type { PromotionEvent } from "./events.ts";

export type Kind = "promotion" | "rollback" | "repair";

/** States of a promotion that has touched nothing yet. */
const statesAhead = ["requested", "awaiting-approval", "approved"] as const;
/** States in which SageMaker may be at work for an operation. */
const statesUnderWay = ["deploying", "canary", "completing", "rolling-back", "repairing"] as const;
/** States that nothing follows. */
const statesEnded = ["refused", "rejected", "cancelled", "expired", "live", "rolled-back", "repaired", "failed", "superseded"] as const;

export type StateUnderWay = (typeof statesUnderWay)[number];
export type StateEnded = (typeof statesEnded)[number];

export type State = (typeof statesAhead)[number] | StateUnderWay | StateEnded;

export interface Transition {
  /** Absent: the operation begins. */
  from?: State;
  event: PromotionEvent["type"];
  to: State;
  /** Only of a deployment with a canary, or without one: the first version has none. */
  canary?: boolean;
}

const endsOfTheWayBack: readonly Transition[] = [
  { from: "rolling-back", event: "updating", to: "rolling-back" },
  { from: "rolling-back", event: "rolled-back", to: "rolled-back" },
  { from: "rolling-back", event: "failed", to: "failed" },
];

/** A later rollback ends whatever is in flight. */
function superseded(states: readonly State[]): Transition[] {
  return states.map((from) => ({ from, event: "rolling-back", to: "superseded" }));
}

/** All that can become of a promotion, a rollback and a repair: what is not in here is no part of a ledger of ours. */
export const transitions: Readonly<Record<Kind, readonly Transition[]>> = {
  promotion: [
    { event: "requested", to: "requested" },
    { from: "requested", event: "gates-passed", to: "awaiting-approval" },
    { from: "requested", event: "gates-failed", to: "refused" },
    { from: "requested", event: "rejected", to: "rejected" },
    { from: "requested", event: "cancelled", to: "cancelled" },
    { from: "awaiting-approval", event: "approved", to: "approved" },
    { from: "awaiting-approval", event: "rejected", to: "rejected" },
    { from: "awaiting-approval", event: "cancelled", to: "cancelled" },
    { from: "awaiting-approval", event: "expired", to: "expired" },
    { from: "approved", event: "rejected", to: "rejected" },
    { from: "approved", event: "cancelled", to: "cancelled" },
    { from: "approved", event: "failed", to: "failed" },
    { from: "approved", event: "deploying", to: "deploying" },
    { from: "deploying", event: "updating", to: "deploying" },
    { from: "deploying", event: "live", to: "live", canary: false },
    { from: "deploying", event: "baking", to: "canary", canary: true },
    { from: "canary", event: "completing", to: "completing" },
    { from: "completing", event: "live", to: "live" },
    { from: "deploying", event: "giving-up", to: "rolling-back" },
    { from: "canary", event: "giving-up", to: "rolling-back" },
    { from: "completing", event: "giving-up", to: "rolling-back" },
    ...endsOfTheWayBack,
    ...superseded(["requested", "awaiting-approval", "approved", "deploying", "canary", "completing", "rolling-back"]),
  ],
  rollback: [{ event: "rolling-back", to: "rolling-back" }, ...endsOfTheWayBack, ...superseded(["rolling-back"])],
  repair: [
    { event: "repairing", to: "repairing" },
    { from: "repairing", event: "updating", to: "repairing" },
    { from: "repairing", event: "rolled-back", to: "repaired" },
    { from: "repairing", event: "failed", to: "failed" },
    ...superseded(["repairing"]),
  ],
};

export function isEnded(state: State): state is StateEnded {
  return statesEnded.some((one) => one === state);
}

/** @returns undefined where the event cannot follow */
export function stateAfter(kind: Kind, from: State | undefined, event: PromotionEvent["type"], canary = false): State | undefined {
  const follows = (one: Transition) => one.from === from && one.event === event && (one.canary ?? canary) === canary;
  return transitions[kind].find(follows)?.to;
}
