import { FalconryError } from "@falconry/environment/error.ts";
import { canarySchema } from "@falconry/model/canary.ts";
import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { z } from "zod";

/** What a stack's configuration says about promotions. */
export interface StackRules {
  /** Value of `falconry:canary`; undefined where the stack has none. */
  canary?: unknown;
  /** `falconry:development`: an environment for trials. @default false */
  development?: boolean | undefined;
}

/**
 * What the promotions of a workload are held to in one environment: what the workload declares, with the stack's `falconry:canary` over its canary. Four eyes
 * are a workload's to turn off only where the stack is for development.
 *
 * @throws FalconryError `infra.canary`
 */
export function promotionRules(workload: Workload, { canary: stackCanary, development = false }: StackRules = {}): PromotionSettings {
  const { name, metric, gates } = workload;
  const rollout = development ? workload.rollout : { ...workload.rollout, fourEyes: true };
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
