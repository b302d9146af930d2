import { FalconryError } from "@falconry/environment/error.ts";
import { z } from "zod";
import { candidateSchema, deploymentSchema } from "../endpoint/deployment.ts";
import { verdictSchema } from "../gates/verdict.ts";
import type { LedgerRecord } from "../ledger/chain.ts";
import { evidenceSchema } from "../ledger/evidence.ts";
import { settingsSchema } from "./settings.ts";

const reason = z.string().min(1);

/** Members that the ledger puts into every event. */
const stamp = {
  sequence: z.number(),
  previous: z.string(),
  time: z.string(),
  actor: z.string(),
  /** The promotion, or rollback, that the event is part of: `<workload>-<sequence of its first event>`. */
  promotion: z.string(),
};

/** Every kind of event. A new kind is added here; `state.ts` says what it changes. */
export const promotionEventSchema = z.discriminatedUnion("type", [
  z.strictObject({
    ...stamp,
    type: z.literal("requested"),
    version: z.number(),
    settings: settingsSchema,
    /** SHA-256 of the settings' canonical JSON. */
    settingsDigest: z.string(),
  }),
  z.strictObject({
    ...stamp,
    type: z.literal("gates-passed"),
    gates: z.array(verdictSchema),
    candidate: candidateSchema,
    /** Version of the champion that the candidate was held against. */
    champion: z.number().nullable(),
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
  /** The intention to deploy: from here on SageMaker may be touched. */
  z.strictObject({ ...stamp, type: z.literal("deploying"), deployment: deploymentSchema, previousConfig: z.string() }),
  /** SageMaker took the order to bring the endpoint to `config`. */
  z.strictObject({ ...stamp, type: z.literal("updating"), config: z.string() }),
  /** The endpoint came up, and its answers were not the new version's: it is brought back to `previousConfig`. */
  z.strictObject({ ...stamp, type: z.literal("probe-failed"), reason }),
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
  z.strictObject({
    ...stamp,
    type: z.literal("rolled-back"),
    version: z.number(),
    config: z.string(),
    probes: z.number(),
    /** From the command to the first answer of the version that was put back. */
    seconds: z.number(),
  }),
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
