import { canarySettings } from "@falconry/model/canary.ts";
import { judge } from "../canary/judge.ts";
import type { Evidence } from "../canary/sample.ts";
import type { Finding } from "../canary/verdict.ts";
import type { Action, Observation } from "./action.ts";
import type { KeptJudgement } from "./events.ts";
import type { Operation, UnderWay } from "./operation.ts";

/** What to do while SageMaker brings up what was ordered (D4). Whoever waits here says that the deployment is watched over; whoever gives up says it no more. */
export function bake(operation: Operation, way: UnderWay, { endpoint, evidence }: Observation, now: Date): Action {
  const { pending, status } = endpoint ?? {};
  // Nobody else's update is watched over: an order that came late, or a stranger's, is not to outlive its alarms by our heartbeat.
  const isOurs = pending === undefined || pending.config === way.to.config;
  const waits = (because: string): Action => ({ type: "wait", because, beat: way.canary && isOurs && status !== "RollingBack" });
  if (way.bakingSince === undefined) {
    const isBaking = way.canary && pending?.config === way.to.config && pending.stage === "Baking";
    if (!isBaking) return waits(`the endpoint is ${status}${pending === undefined ? "" : `: ${pending.config} is ${pending.stage}`}`);
    return { type: "record", event: { type: "baking", promotion: operation.id, since: pending.since } };
  }

  const judgement = judgementOf(operation, evidence);
  const { verdict } = judgement;
  const gaveUp = (reason: string): Action => {
    return { type: "record", event: { type: "giving-up", promotion: operation.id, by: "judge", reason, judgement } };
  };
  if (verdict === "unhealthy") return gaveUp(words(judgement));
  if (way.state === "completing") {
    // Containers that count no more are dead, or as good as dead: no heartbeat of ours carries them on.
    const isDark = evidence !== undefined && !Number.isFinite(evidence.challenger.requests);
    if (isDark) return { type: "wait", because: `version ${operation.version} counts nothing any more`, beat: false };
    return waits("all of the traffic goes over, and is watched");
  }
  if (now.getTime() < verdictDue(operation, way.bakingSince).getTime())
    return waits(`version ${operation.version} bakes: ${words(judgement)}`);
  if (verdict === "healthy") return { type: "record", event: { type: "completing", promotion: operation.id, judgement } };
  return gaveUp(`inconclusive to the end: ${words(judgement)}`);
}

/**
 * When a canary that was not found healthy is given up: an alarm of silence from then on still catches it before SageMaker moves the rest, and one that CloudWatch
 * finds late before the champion's fleet ends (`terminationWaitSeconds`).
 */
export function verdictDue({ settings }: Operation, bakingSince: string): Date {
  const { maxBakeSeconds, silenceToAlarmSeconds } = canarySettings(settings?.rollout.canary);
  return new Date(Date.parse(bakingSince) + (maxBakeSeconds - silenceToAlarmSeconds) * 1000);
}

/** The judge's word on what was observed, with its numbers; without evidence it is inconclusive. */
export function judgementOf({ settings }: Operation, evidence: Evidence | undefined): KeptJudgement {
  if (evidence === undefined) {
    return { verdict: "inconclusive", findings: [], requests: { champion: 0, challenger: 0 }, seconds: 0, evidence: { inline: null } };
  }
  const { champion, challenger } = evidence;
  return {
    ...judge(evidence, canarySettings(settings?.rollout.canary)),
    requests: { champion: known(champion.requests), challenger: known(challenger.requests) },
    seconds: Math.max(0, challenger.to - challenger.from) / 1000,
    evidence: { inline: JSON.parse(JSON.stringify(evidence)) }, // what nobody counted is NaN, which JSON cannot say: it becomes null
  };
}

/** What speaks against the canary, or what is still open; of a healthy one, nothing. */
export function words({ verdict, findings }: Pick<KeptJudgement, "verdict" | "findings">): string {
  const told = (finding: Finding) => `${finding.name}: ${finding.measured} (required: ${finding.required})`;
  const telling = findings.filter((finding) => finding.verdict === verdict && verdict !== "healthy");
  return telling.length === 0 ? `it is ${verdict} so far` : telling.map(told).join("; ");
}

/** Nobody counted: that stands as NaN, which JSON cannot say. */
function known(requests: number): number {
  return Number.isFinite(requests) ? requests : 0;
}
