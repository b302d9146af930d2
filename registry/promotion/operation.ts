import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import type { Candidate, Deployment } from "../endpoint/deployment.ts";
import type { Verdict } from "../gates/verdict.ts";
import type { KeptJudgement, PromotionEvent } from "./events.ts";
import { isEnded, type Kind, type StateEnded, type StateUnderWay, stateAfter } from "./machine.ts";

/** A promotion, a rollback or a repair: what was asked for, and how far it has come. */
export interface Operation {
  /** `<workload>-<sequence of its first event>`. */
  id: string;
  kind: Kind;
  /** The version that is to be live; 0 is the bootstrap model. */
  version: number;
  /** Who asked for it. */
  askedBy: string;
  /** What a promotion is held to. */
  settings?: PromotionSettings;
  /** Empty until the gates of a promotion were run. */
  gates: readonly Verdict[];
  /** Who the run says trained it. */
  trainedBy?: string;
  /** The judge's last word on its canary. */
  judgement?: KeptJudgement;
  progress: Progress;
}

export type Progress = Ahead | UnderWay | Ended;

/** Nothing was touched for it yet. */
export type Ahead =
  | { state: "requested" }
  /** `since`, ISO 8601: when the gates passed. */
  | { state: "awaiting-approval" | "approved"; candidate: Candidate; since: string };

/** From the intention to touch the endpoint until it was read back. */
export interface UnderWay {
  state: StateUnderWay;
  /** What the endpoint is brought to; once a promotion is given up, what it goes back to. */
  to: Target;
  /** What it came from, and of a promotion that is given up, what it leaves. */
  from: Target;
  /** ISO 8601: when this way began; `seconds` count from here. */
  begun: string;
  /** Some instances bake it first, and both alarms hold it. */
  canary: boolean;
  /** ISO 8601: since when the canary has traffic. */
  bakingSince?: string;
  /** The configuration that SageMaker took the last order for, and how often in a row. */
  ordered?: { config: string; times: number };
  /** Of a way back: why it is gone. */
  because?: string;
  /** Who gave the promotion up. */
  givenUpBy?: Surrenderer;
}

/** A configuration that an endpoint can be brought to. */
export interface Target {
  config: string;
  /** 0 is the bootstrap model. */
  version: number;
  /** Absent for the bootstrap model, which infrastructure made. */
  deployment?: Deployment;
}

export interface Ended {
  state: StateEnded;
  because?: string;
  /** What went back says from which version to which, how long it took, and who wanted it. */
  wayBack?: { from: number; to: number; seconds: number; by?: Surrenderer };
}

/** Who gave a promotion up. */
export type Surrenderer = Extract<PromotionEvent, { type: "giving-up" }>["by"];

/** An event that is part of a promotion, a rollback or a repair. */
export type Step = Exclude<PromotionEvent, { type: "noticed" | "mirrored" }>;

export function isUnderWay(progress: Progress): progress is UnderWay {
  return "begun" in progress;
}

export function targetOf(deployment: Deployment): Target {
  return { config: deployment.config, version: deployment.version, deployment };
}

/** How long a promotion waits for its approval. */
export function approvalHours({ settings }: Operation): number {
  return settings?.rollout.approvalHours ?? defaultApprovalHours;
}

const defaultApprovalHours = 72;
const hourMilliseconds = 3_600_000;

/** When a promotion that waits for its approval expires. */
export function approvalDue(operation: Operation): Date {
  const { progress } = operation;
  if (!("since" in progress)) throw new Error(`${operation.id} is ${progress.state}, and waits for no approval`);
  return new Date(Date.parse(progress.since) + approvalHours(operation) * hourMilliseconds);
}

/**
 * What an operation comes to by its next event.
 *
 * @param before undefined where the event begins it
 * @param at what stands behind the name of an endpoint configuration
 * @throws Error where it cannot follow: every append depends on the head that its writer had read, so a ledger with this in it was not written by us
 */
export function advance(before: Operation | undefined, event: Step, at: (config: string) => Target): Operation {
  if (before === undefined) return begin(event, at);
  const { kind, progress } = before;
  const state = stateAfter(kind, progress.state, event.type, isUnderWay(progress) && progress.canary);
  if (state === undefined) throw impossible(event, `follows "${progress.state}"`);
  const known = { ...before, ...(event.type === "gates-failed" && { gates: event.gates }) };
  if (isEnded(state)) return { ...known, progress: { state, ...outcome(progress, event) } };
  switch (event.type) {
    case "gates-passed": {
      const { gates, trainedBy, candidate, time } = event;
      return {
        ...before,
        gates,
        ...(trainedBy !== null && { trainedBy }),
        progress: { state: "awaiting-approval", candidate, since: time },
      };
    }
    case "approved":
      if (!("candidate" in progress)) break;
      return { ...before, progress: { ...progress, state: "approved" } };
    case "deploying": {
      const { deployment, previousConfig, time, canary } = event;
      return { ...before, progress: { state: "deploying", to: targetOf(deployment), from: at(previousConfig), begun: time, canary } };
    }
  }
  if (!isUnderWay(progress)) throw impossible(event, `leads from "${progress.state}" to "${state}"`);
  switch (event.type) {
    case "updating": {
      const times = progress.ordered?.config === event.config ? progress.ordered.times + 1 : 1;
      return { ...before, progress: { ...progress, ordered: { config: event.config, times } } };
    }
    case "baking":
      return { ...before, progress: { ...progress, state: "canary", bakingSince: event.since } };
    case "completing":
      return { ...before, judgement: event.judgement, progress: { ...progress, state: "completing" } };
    case "giving-up": {
      const { by, reason: because, judgement, time } = event;
      const { to, from, canary, ordered } = progress;
      const back: UnderWay = { state: "rolling-back", to: from, from: to, begun: time, canary, ordered, because, givenUpBy: by };
      return { ...before, ...(judgement && { judgement }), progress: back };
    }
  }
  throw impossible(event, `leads from "${progress.state}" to "${state}"`);
}

function begin(event: Step, at: (config: string) => Target): Operation {
  const asked = { id: event.promotion, askedBy: event.actor, gates: [] };
  switch (event.type) {
    case "requested":
      return { ...asked, kind: "promotion", version: event.version, settings: event.settings, progress: { state: "requested" } };
    case "rolling-back": {
      const { deployment, from, previousConfig, time, reason: because } = event;
      const way = { to: targetOf(deployment), from: { config: previousConfig, version: from }, begun: time, canary: false, because };
      return { ...asked, kind: "rollback", version: deployment.version, progress: { state: "rolling-back", ...way } };
    }
    case "repairing": {
      const way = { to: at(event.config), from: at(event.previousConfig), begun: event.time, canary: false, because: event.reason };
      return { ...asked, kind: "repair", version: event.version, progress: { state: "repairing", ...way } };
    }
    default:
      throw impossible(event, "is about nothing that was asked for");
  }
}

function outcome(progress: Progress, event: Step): Omit<Ended, "state"> {
  const way = isUnderWay(progress) ? progress : undefined;
  switch (event.type) {
    case "gates-failed":
      return { because: failedGates(event.gates) };
    case "rolled-back":
      return {
        because: way?.because,
        wayBack: { from: way?.from.version ?? 0, to: event.version, seconds: event.seconds, by: way?.givenUpBy },
      };
    case "rolling-back":
      return { because: `by ${event.promotion}` };
    case "failed":
      return { because: way?.because === undefined ? event.reason : `${way.because}; and then: ${event.reason}` };
    default:
      return "reason" in event ? { because: event.reason } : {};
  }
}

function failedGates(gates: readonly Verdict[]): string {
  return gates
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)
    .join(", ");
}

function impossible({ sequence, type }: PromotionEvent, why: string): Error {
  return new Error(`event ${sequence} of type "${type}" ${why}`);
}
