import type { z } from "zod";
import { workloadSchema } from "./workload.ts";

/** What a promotion is held to: part of a workload's declaration, which infrastructure puts into the descriptor and the ledger keeps with each request. */
export const promotionSettingsSchema = workloadSchema.pick({ metric: true, gates: true, rollout: true });

/** As declared; what has a default may be missing. */
export type PromotionSettings = z.input<typeof promotionSettingsSchema>;
