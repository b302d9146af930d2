import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import { reconcile } from "./reconcile.ts";
import { type PromotionReport, promotionReport, requireReason, requireSuccess } from "./report.ts";
import { Story, workloadOf } from "./story.ts";

/**
 * Approves a promotion whose gates passed, and carries it through: success means that the new version answered.
 *
 * @throws FalconryError `registry.promotion-unknown`, `registry.wrong-state`, `registry.reason-missing`, `registry.deployment-failed`,
 * `registry.superseded`
 */
export async function approve(context: RegistryContext, promotion: string, reason: string): Promise<PromotionReport> {
  await decided(context, promotion, { type: "approved", reason });
  const story = await reconcile(context, workloadOf(promotion));
  requireSuccess(story, promotion);
  return promotionReport(story, promotion);
}

/** @throws FalconryError `registry.promotion-unknown`, `registry.wrong-state`, `registry.reason-missing` */
export async function reject(context: RegistryContext, promotion: string, reason: string): Promise<PromotionReport> {
  await decided(context, promotion, { type: "rejected", reason });
  return promotionReport(await reconcile(context, workloadOf(promotion)), promotion);
}

async function decided(context: RegistryContext, id: string, decision: { type: "approved" | "rejected"; reason: string }): Promise<void> {
  const reason = requireReason(decision.reason);
  const story = await Story.read(context, workloadOf(id));
  const { state } = story.operation(id).progress;
  if (state !== "awaiting-approval") {
    throw new FalconryError("registry.wrong-state", {
      message: `${id} is ${state}: only what is awaiting approval can be ${decision.type}`,
      hint: `See where it stands with: falconry history ${story.workload}`,
    });
  }
  await story.record({ ...decision, reason, promotion: id });
}
