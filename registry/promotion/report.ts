import { FalconryError } from "@falconry/environment/error.ts";
import type { Verdict } from "../gates/verdict.ts";
import type { Story } from "./story.ts";

/** What `promote`, `approve` and `reject` tell about a promotion. */
export interface PromotionReport {
  promotion: string;
  workload: string;
  version: number;
  state: string;
  gates: Verdict[];
  /** Why it ended as it did, where that is more than its state says. */
  because?: string;
}

export function promotionReport(story: Story, id: string): PromotionReport {
  const { version, gates, progress } = story.operation(id);
  const because = "because" in progress ? progress.because : undefined;
  return { promotion: id, workload: story.workload, version, state: progress.state, gates, ...(because !== undefined && { because }) };
}

/** @throws FalconryError `registry.reason-missing` */
export function requireReason(reason: string): string {
  const text = reason.trim();
  if (text !== "") return text;
  throw new FalconryError("registry.reason-missing", {
    message: "the reason is empty",
    hint: 'Say why, for the audit trail: --reason "…"',
  });
}

/** @throws FalconryError `registry.deployment-failed`, `registry.superseded` */
export function requireSuccess(story: Story, id: string): void {
  const { version, progress } = story.operation(id);
  if (progress.state === "superseded") {
    throw new FalconryError("registry.superseded", {
      message: `${id} to version ${version} was given up on its way: superseded ${progress.because}`,
      hint: `See who asked for what with: falconry history ${story.workload}`,
    });
  }
  if (progress.state !== "failed") return;
  throw new FalconryError("registry.deployment-failed", {
    message: `${id}: version ${version} did not come up on ${story.endpoint.name}: ${progress.because}`,
    hint: `See what serves with: falconry status ${story.workload}`,
  });
}
