import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import { isEnded, type State } from "./machine.ts";
import { requireMayApprove } from "./may-approve.ts";
import type { Operation } from "./operation.ts";
import { type PromotionReport, promotionReport, requireReason } from "./report.ts";
import { Story, workloadOf } from "./story.ts";

/**
 * Approves a promotion whose gates passed. Reconcile carries it on.
 *
 * @throws FalconryError `registry.promotion-unknown`, `registry.wrong-state` – also where it was left waiting for too long –, `registry.reason-missing`,
 * `registry.four-eyes`
 */
export async function approve(context: RegistryContext, id: string, reason: string): Promise<PromotionReport> {
  const because = requireReason(reason);
  return decided(context, id, ["awaiting-approval"], (operation) => {
    requireMayApprove(context.actor, operation, context.now());
    return { type: "approved", promotion: id, reason: because };
  });
}

/**
 * Ends a promotion that has touched nothing yet; by the one who asked for it, it is taken back.
 *
 * @throws FalconryError `registry.promotion-unknown`, `registry.wrong-state`, `registry.reason-missing`
 */
export async function reject(context: RegistryContext, id: string, reason: string): Promise<PromotionReport> {
  const because = requireReason(reason);
  return decided(context, id, ["requested", "awaiting-approval", "approved"], ({ askedBy }) => {
    return { type: askedBy === context.actor ? "cancelled" : "rejected", promotion: id, reason: because };
  });
}

async function decided(
  context: RegistryContext,
  id: string,
  states: State[],
  decision: (operation: Operation) => { type: "approved" | "rejected" | "cancelled"; promotion: string; reason: string },
): Promise<PromotionReport> {
  const story = await Story.read(context, workloadOf(id));
  await story.recordAnew(() => {
    const operation = story.operation(id);
    const { state } = operation.progress;
    if (states.includes(state)) return decision(operation);
    throw new FalconryError("registry.wrong-state", {
      message: `${id} is ${state}: this can be said only of what is ${states.join(" or ")}`,
      hint: isEnded(state)
        ? `See what became of it with: falconry history ${story.workload}`
        : `It goes on from there; follow it, and carry it on, with: falconry watch ${story.workload}`,
    });
  });
  return promotionReport(story.workload, story.operation(id));
}
