import { FalconryError } from "@falconry/environment/error.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import { z } from "zod";
import { findingSchema } from "../canary/verdict.ts";
import { candidateSchema, deploymentSchema } from "../endpoint/deployment.ts";
import { verdictSchema } from "../gates/verdict.ts";
import type { LedgerRecord } from "../ledger/chain.ts";
import { evidenceSchema } from "../ledger/evidence.ts";

const reason = z.string().min(1);

/** Members that the ledger puts into every event. */
const stamp = {
  sequence: z.number(),
  previous: z.string(),
  time: z.string(),
  actor: z.string(),
  /**
   * The promotion, rollback or repair that the event is part of: `<workload>-<sequence of its first event>`. What is noticed or mirrored belongs to the last one.
   */
  promotion: z.string(),
};

/** The judge's word on a canary, with the numbers that it rests on. */
const judgementSchema = z.strictObject({
  verdict: z.enum(["healthy", "unhealthy", "inconclusive"]),
  findings: z.array(findingSchema),
  /** Requests of the window to each of the two. */
  requests: z.strictObject({ champion: z.number(), challenger: z.number() }),
  /** Seconds of traffic that were judged. */
  seconds: z.number(),
  /** The two samples, whole. */
  evidence: evidenceSchema,
});

/** The versions that MLflow's aliases name. */
const aliasesSchema = z.strictObject({ champion: z.number().optional(), challenger: z.number().optional() });

export type KeptJudgement = z.infer<typeof judgementSchema>;
export type Aliases = z.infer<typeof aliasesSchema>;

/** Every kind of event. A new kind is added here; `state.ts` says what it changes. */
export const promotionEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    ...stamp,
    type: z.literal("requested"),
    version: z.number(),
    settings: promotionSettingsSchema,
    /** SHA-256 of the settings' canonical JSON. */
    settingsDigest: z.string(),
    /** Why a version that was rolled back from is asked for again. */
    again: reason.optional(),
  }),
  z.strictObject({
    ...stamp,
    type: z.literal("gates-passed"),
    gates: z.array(verdictSchema),
    candidate: candidateSchema,
    /** Version of the champion that the candidate was held against. */
    champion: z.number().nullable(),
    /** Who the run says trained it; null where it does not say. */
    trainedBy: z.string().nullable(),
    /** Rows of features that the endpoint is asked with when the version is deployed, and when it is gone back to. */
    probeRows: evidenceSchema,
    evidence: evidenceSchema,
  }),
  z.strictObject({
    ...stamp,
    type: z.literal("gates-failed"),
    gates: z.array(verdictSchema),
    champion: z.number().nullable(),
    evidence: evidenceSchema,
  }),
  z.strictObject({ ...stamp, type: z.literal("approved"), reason }),
  z.strictObject({ ...stamp, type: z.literal("rejected"), reason }),
  /** Taken back by the one who asked. */
  z.strictObject({ ...stamp, type: z.literal("cancelled"), reason }),
  /** Nobody approved it in time. */
  z.strictObject({ ...stamp, type: z.literal("expired"), reason }),
  /** The intention to deploy: from here on SageMaker may be touched. Without a champion there is nothing to compare with, and no canary. */
  z.strictObject({
    ...stamp,
    type: z.literal("deploying"),
    deployment: deploymentSchema,
    previousConfig: z.string(),
    canary: z.boolean(),
  }),
  /** SageMaker took the order to bring the endpoint to `config`. */
  z.strictObject({ ...stamp, type: z.literal("updating"), config: z.string() }),
  /** The canary has traffic. */
  z.strictObject({ ...stamp, type: z.literal("baking"), since: z.string() }),
  /** A healthy verdict when it counted: the heartbeat goes on, SageMaker moves the rest of the traffic. */
  z.strictObject({ ...stamp, type: z.literal("completing"), judgement: judgementSchema }),
  /** The promotion is given up and the endpoint goes back to `previousConfig`; written before anything is done about it. */
  z.strictObject({
    ...stamp,
    type: z.literal("giving-up"),
    reason,
    /** Who found it: our judge, SageMaker by itself, the probe of the endpoint's answers, or a person. */
    by: z.enum(["judge", "sagemaker", "probe", "person"]),
    judgement: judgementSchema.optional(),
  }),
  z.strictObject({ ...stamp, type: z.literal("live"), version: z.number(), config: z.string(), probes: z.number() }),
  z.strictObject({ ...stamp, type: z.literal("failed"), reason }),
  z.strictObject({
    ...stamp,
    type: z.literal("rolling-back"),
    reason,
    from: z.number(),
    deployment: deploymentSchema,
    previousConfig: z.string(),
    /** The promotion that was in flight and is given up for this. */
    supersedes: z.string().optional(),
  }),
  /** The endpoint runs another configuration of ours than the ledger's: it is brought back. Written before anything is done about it. */
  z.strictObject({
    ...stamp,
    type: z.literal("repairing"),
    reason,
    /** What it is brought to. `version` 0 is the bootstrap model. */
    version: z.number(),
    config: z.string(),
    previousConfig: z.string(),
  }),
  /** A rollback, a repair or a promotion that was given up has ended: the version answers. `version` 0 is the bootstrap model. */
  z.strictObject({
    ...stamp,
    type: z.literal("rolled-back"),
    version: z.number(),
    config: z.string(),
    probes: z.number(),
    /** From the event that began it to the first answer of the version that was put back. */
    seconds: z.number(),
  }),
  /** What the world did by itself and is not ours to mend: for the account, and for the one who looks. */
  z.strictObject({ ...stamp, type: z.literal("noticed"), what: z.enum(["endpoint", "alias", "configuration"]), reason }),
  /** MLflow's aliases were set as the ledger asks. */
  z.strictObject({ ...stamp, type: z.literal("mirrored"), aliases: aliasesSchema }),
]);

export type PromotionEvent = z.infer<typeof promotionEventSchema>;

/** An event before the ledger stamps it. */
export type EventDraft = Unstamped<PromotionEvent>;

type Unstamped<E> = E extends unknown ? Omit<E, "sequence" | "previous" | "time" | "actor"> : never;

/** @throws FalconryError `registry.ledger-corrupt` – an event of a shape that this version does not write */
export function promotionEvent({ sequence, event }: LedgerRecord): PromotionEvent {
  const parsed = promotionEventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FalconryError("registry.ledger-corrupt", {
    message: `event ${sequence} of type "${event.type}": ${issue?.path.join(".")}: ${issue?.message}`,
    hint: "Run: falconry audit verify; if it finds nothing, the event was written by a newer version of Falconry",
  });
}
