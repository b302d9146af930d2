import { FalconryError } from "@falconry/environment/error.ts";
import { canarySchema } from "@falconry/model/canary.ts";
import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { z } from "zod";

/**
 * What the promotions of a workload are held to in one environment: what the workload declares, with the stack's `falconry:canary` over its canary.
 *
 * @param stackCanary value of `falconry:canary`; undefined where the stack has none
 * @throws FalconryError `infra.canary`
 */
export function promotionRules({ name, metric, gates, rollout }: Workload, stackCanary?: unknown): PromotionSettings {
  if (stackCanary === undefined) return { metric, gates, rollout };
  const members = z.record(z.string(), z.unknown()).safeParse(stackCanary);
  if (!members.success) throw refused("falconry:canary", "it must be an object, as rollout.canary of a workload is");
  const canary = { ...rollout.canary, ...members.data };
  const checked = canarySchema.safeParse(canary);
  if (checked.success) return { metric, gates, rollout: { ...rollout, canary } };
  const [issue] = checked.error.issues;
  throw refused(["falconry:canary", ...(issue?.path ?? [])].join("."), `${issue?.message}, for workload "${name}"`);
}

function refused(property: string, what: string): FalconryError {
  return new FalconryError("infra.canary", {
    message: `${property}: ${what}`,
    hint: "Correct it in the stack's Pulumi.<environment>.yaml; model/canary.ts explains each member",
  });
}
