import type { CanarySettings } from "@falconry/model/canary.ts";
import { accuracy } from "./checks/accuracy.ts";
import type { Check } from "./checks/check.ts";
import { classShift } from "./checks/class-shift.ts";
import { clientErrors } from "./checks/client-errors.ts";
import { invalidProbabilities } from "./checks/invalid-probabilities.ts";
import { latency } from "./checks/latency.ts";
import { probabilityShift } from "./checks/probability-shift.ts";
import { restarts } from "./checks/restarts.ts";
import { serverErrors } from "./checks/server-errors.ts";
import { type Evidence, faultOf } from "./sample.ts";
import type { Finding, Verdict } from "./verdict.ts";

export interface Judgement {
  verdict: Verdict;
  /** What it rests on: one finding per check that was made. */
  findings: Finding[];
}

/** Unhealthy where one check is, healthy where every one is; anything else, and data that can't be, is inconclusive. The same evidence always gives the same. */
export function judge(evidence: Evidence, settings: CanarySettings): Judgement {
  const window = windowFinding(evidence, settings);
  // What cannot be compared yet, or no more, can still be seen to die.
  const asked = window.verdict === "healthy" ? checks : [restarts];
  const findings = [window, ...asked.flatMap((check) => check(evidence, settings) ?? [])];
  const verdicts = findings.map(({ verdict }) => verdict);
  const verdict = verdicts.find((one) => one === "unhealthy") ?? verdicts.find((one) => one === "inconclusive") ?? "healthy";
  return { verdict, findings };
}

/** What the last verdict comes to when the bake is over: whatever was not shown to be healthy is rolled back (D4). */
export function atEnd(verdict: Verdict): "complete" | "roll-back" {
  return verdict === "healthy" ? "complete" : "roll-back";
}

const checks: Check[] = [restarts, serverErrors, clientErrors, invalidProbabilities, latency, classShift, probabilityShift, accuracy];

/** Whether there is anything to judge: counts that can be true, of one window, that is long enough. */
function windowFinding(evidence: Evidence, { minimumBakeSeconds }: CanarySettings): Finding {
  const finding = { name: "window", required: `${minimumBakeSeconds} s or more of whole counts of both` };
  const fault = faultOf(evidence);
  if (fault !== undefined) return { ...finding, verdict: "inconclusive", measured: fault, numbers: {} };
  const seconds = (evidence.challenger.to - evidence.challenger.from) / 1000;
  return {
    ...finding,
    verdict: seconds >= minimumBakeSeconds ? "healthy" : "inconclusive",
    measured: `${seconds} s`,
    numbers: { seconds },
  };
}
