import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import type { Verdict } from "../gates/verdict.ts";
import type { KeptJudgement } from "./events.ts";
import type { Kind, State } from "./machine.ts";
import { isUnderWay, type Operation } from "./operation.ts";
import { Story, workloadOf } from "./story.ts";

/** How far a promotion, rollback or repair has come. */
export interface PromotionReport {
  promotion: string;
  kind: Kind;
  workload: string;
  /** That is to be live; 0 is the bootstrap model. */
  version: number;
  askedBy: string;
  state: State;
  gates: readonly Verdict[];
  /** Why it ended, or goes back, where that is more than its state says. */
  because?: string;
  /** The judge's last word that was recorded. */
  judgement?: KeptJudgement;
  /** Of what goes back, or went: from which version to which, and how long it took from its beginning to the first answer. */
  from?: number;
  to?: number;
  seconds?: number;
}

/** @throws FalconryError `registry.promotion-unknown` */
export async function promotion(context: RegistryContext, id: string): Promise<PromotionReport> {
  const story = await Story.read(context, workloadOf(id));
  return promotionReport(story.workload, story.operation(id));
}

export function promotionReport(workload: string, { id, kind, version, askedBy, gates, judgement, progress }: Operation): PromotionReport {
  const report = { promotion: id, kind, workload, version, askedBy, state: progress.state, gates, ...(judgement && { judgement }) };
  if (isUnderWay(progress)) {
    const { because, from, to } = progress;
    return { ...report, ...(because !== undefined && { because, from: from.version, to: to.version }) };
  }
  const { because, wayBack } = "wayBack" in progress || "because" in progress ? progress : {};
  return {
    ...report,
    ...(because !== undefined && { because }),
    ...(wayBack && { from: wayBack.from, to: wayBack.to, seconds: wayBack.seconds }),
  };
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
