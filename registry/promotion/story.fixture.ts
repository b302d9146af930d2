import type { Candidate, Deployment } from "../endpoint/deployment.ts";
import { type EventDraft, type PromotionEvent, promotionEventSchema } from "./events.ts";

/** Events as a ledger would have stamped them. */
export function told(drafts: EventDraft[]): PromotionEvent[] {
  return drafts.map((draft, at) =>
    promotionEventSchema.parse({ ...draft, sequence: at + 1, previous: "0".repeat(64), time: "2026-11-21T10:00:00.000Z", actor: "ada" }),
  );
}

const settings = {
  metric: "accuracy" as const,
  gates: { floor: 0.7, minimumRows: 10 },
  rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
};

function candidate(version: number): Candidate {
  const digest = String(version).repeat(64).slice(0, 64);
  return { version, run: `run-${version}`, dataset: digest, features: digest, package: digest };
}

function deployment(version: number): Deployment {
  return { ...candidate(version), model: `v${version}`, config: `v${version}` };
}

/** Events that take a version up to a state. */
export const step = {
  requested: (promotion: string, version: number): EventDraft => ({
    type: "requested",
    promotion,
    version,
    settings,
    settingsDigest: "0".repeat(64),
  }),
  gatesPassed: (promotion: string, version: number): EventDraft => ({
    type: "gates-passed",
    promotion,
    gates: [],
    candidate: candidate(version),
    champion: null,
    evidence: { inline: {} },
  }),
  gatesFailed: (promotion: string): EventDraft => ({
    type: "gates-failed",
    promotion,
    gates: [{ name: "metric-floor", passed: false, measured: "0.6", required: "0.7" }],
    champion: null,
    evidence: { inline: {} },
  }),
  approved: (promotion: string): EventDraft => ({ type: "approved", promotion, reason: "better" }),
  rejected: (promotion: string): EventDraft => ({ type: "rejected", promotion, reason: "wrong month" }),
  deploying: (promotion: string, version: number, previousConfig: string): EventDraft => ({
    type: "deploying",
    promotion,
    deployment: deployment(version),
    previousConfig,
  }),
  updating: (promotion: string, config: string): EventDraft => ({ type: "updating", promotion, config }),
  probeFailed: (promotion: string): EventDraft => ({ type: "probe-failed", promotion, reason: "the old version answered" }),
  live: (promotion: string, version: number): EventDraft => ({ type: "live", promotion, version, config: `v${version}`, probes: 6 }),
  failed: (promotion: string): EventDraft => ({ type: "failed", promotion, reason: "it did not come up" }),
  rollingBack: (promotion: string, from: number, to: number, supersedes?: string): EventDraft => ({
    type: "rolling-back",
    promotion,
    reason: "recall fell",
    from,
    deployment: deployment(to),
    previousConfig: `v${from}`,
    ...(supersedes === undefined ? {} : { supersedes }),
  }),
  rolledBack: (promotion: string, version: number): EventDraft => ({
    type: "rolled-back",
    promotion,
    version,
    config: `v${version}`,
    probes: 6,
    seconds: 1.5,
  }),
};

/** A promotion from the request to live. */
export function wentLive(promotion: string, version: number, previousConfig: string): EventDraft[] {
  return [
    step.requested(promotion, version),
    step.gatesPassed(promotion, version),
    step.approved(promotion),
    step.deploying(promotion, version, previousConfig),
    step.updating(promotion, `v${version}`),
    step.live(promotion, version),
  ];
}
