import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import type { Candidate, Deployment } from "../endpoint/deployment.ts";
import { type EventDraft, type KeptJudgement, type PromotionEvent, promotionEventSchema } from "./events.ts";

/** Events as a ledger would have stamped them, one a second. */
export function told(drafts: readonly EventDraft[]): PromotionEvent[] {
  return drafts.map((draft, at) =>
    promotionEventSchema.parse({ ...draft, sequence: at + 1, previous: "0".repeat(64), time: secondsIn(at), actor: "ada" }),
  );
}

/** So many seconds after the first event of a story. */
export function secondsIn(seconds: number): string {
  return new Date(Date.parse("2026-11-21T10:00:00.000Z") + seconds * 1000).toISOString();
}

/** A canary of 100 s that must fall silent at 80 s. */
const settings = promotionSettingsSchema.parse({
  metric: "accuracy",
  gates: { floor: 0.7, minimumRows: 10 },
  rollout: {
    instanceType: "ml.m5.large",
    instanceCount: 2,
    canary: { minimumBakeSeconds: 20, maxBakeSeconds: 100, silenceToAlarmSeconds: 20, minimumRequests: 10 },
    approvalHours: 1,
  },
});

function candidate(version: number): Candidate {
  const digest = String(version).repeat(64).slice(0, 64);
  return { version, run: `run-${version}`, dataset: digest, features: digest, package: digest };
}

function deployment(version: number): Deployment {
  return { ...candidate(version), model: `v${version}`, config: `v${version}` };
}

function judgement(verdict: KeptJudgement["verdict"]): KeptJudgement {
  return { verdict, findings: [], requests: { champion: 100, challenger: 100 }, seconds: 30, evidence: { inline: {} } };
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
    trainedBy: "tim",
    probeRows: { inline: [{ thrust: 1 }] },
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
  cancelled: (promotion: string): EventDraft => ({ type: "cancelled", promotion, reason: "wrong version" }),
  expired: (promotion: string): EventDraft => ({ type: "expired", promotion, reason: "nobody came" }),
  deploying: (promotion: string, version: number, previousConfig: string): EventDraft => ({
    type: "deploying",
    promotion,
    deployment: deployment(version),
    previousConfig,
    canary: previousConfig !== "bootstrap",
  }),
  updating: (promotion: string, config: string): EventDraft => ({ type: "updating", promotion, config }),
  baking: (promotion: string, since: string): EventDraft => ({ type: "baking", promotion, since }),
  completing: (promotion: string): EventDraft => ({ type: "completing", promotion, judgement: judgement("healthy") }),
  givingUp: (promotion: string, by: "judge" | "sagemaker" | "probe" | "person" = "judge"): EventDraft => ({
    type: "giving-up",
    promotion,
    by,
    reason: "it is slow",
    ...(by === "judge" && { judgement: judgement("unhealthy") }),
  }),
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
  repairing: (promotion: string, version: number, previousConfig: string): EventDraft => ({
    type: "repairing",
    promotion,
    reason: `it runs ${previousConfig}`,
    version,
    config: version === 0 ? "bootstrap" : `v${version}`,
    previousConfig,
  }),
  rolledBack: (promotion: string, version: number): EventDraft => ({
    type: "rolled-back",
    promotion,
    version,
    config: version === 0 ? "bootstrap" : `v${version}`,
    probes: 6,
    seconds: 1.5,
  }),
  noticed: (promotion: string, what: "endpoint" | "alias" | "configuration", reason: string): EventDraft => ({
    type: "noticed",
    promotion,
    what,
    reason,
  }),
  mirrored: (promotion: string, champion?: number, challenger?: number): EventDraft => ({
    type: "mirrored",
    promotion,
    aliases: { ...(champion !== undefined && { champion }), ...(challenger !== undefined && { challenger }) },
  }),
};

/** A promotion from the request to live; without a canary where it is the first one. */
export function wentLive(promotion: string, version: number, previousConfig: string): EventDraft[] {
  const bakes = previousConfig !== "bootstrap";
  return [
    step.requested(promotion, version),
    step.gatesPassed(promotion, version),
    step.approved(promotion),
    step.deploying(promotion, version, previousConfig),
    step.updating(promotion, `v${version}`),
    ...(bakes ? [step.baking(promotion, secondsIn(0)), step.completing(promotion)] : []),
    step.live(promotion, version),
  ];
}
