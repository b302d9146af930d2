import { type Descriptor, endpointOf } from "@falconry/environment/descriptor.ts";
import type { CanarySettings } from "@falconry/model/canary.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";

/** The descriptor, with other settings of a workload's canary: a promotion is held to those of the environment that it was asked for in. */
export function judgedBy(descriptor: Descriptor, workload: string, canary: Partial<CanarySettings>): Descriptor {
  const endpoint = endpointOf(descriptor, workload);
  const { rollout, ...settings } = promotionSettingsSchema.parse(endpoint.promotion);
  const promotion = { ...settings, rollout: { ...rollout, canary: { ...rollout.canary, ...canary } } };
  return { ...descriptor, endpoints: { ...descriptor.endpoints, [workload]: { ...endpoint, promotion } } };
}
