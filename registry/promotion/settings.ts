import { workloadSchema } from "@falconry/model/workload.ts";
import type { z } from "zod";

/** What a promotion is judged by, as the workload declared it when the promotion was asked for. */
export const settingsSchema = workloadSchema.pick({ metric: true, gates: true, rollout: true });

export type PromotionSettings = z.infer<typeof settingsSchema>;
