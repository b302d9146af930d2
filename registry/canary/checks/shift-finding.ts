import { rowsOf, rowWeight } from "../rows.ts";
import { type Evidence, type Sample, successes } from "../sample.ts";
import { totalVariation } from "../statistics/total-variation.ts";
import { type Finding, verdictOn } from "../verdict.ts";
import { percent } from "./proportion-finding.ts";

interface Question {
  name: string;
  /** Rows per category, of one sample; categories of both samples in the same order. */
  categories(sample: Sample): number[];
  limit: number;
  minimumRequests: number;
  significance: number;
}

/** Whether the challenger's predictions are distributed as the champion's are; inconclusive where either has too few. */
export function shiftFinding(
  { champion, challenger }: Evidence,
  { name, categories, limit, minimumRequests, significance }: Question,
): Finding {
  const required = `at most ${percent(limit)} of the predictions elsewhere, of ${minimumRequests} or more requests each`;
  const [before, after] = [cases(champion), cases(challenger)];
  if (Math.min(before, after) < minimumRequests) {
    const measured = `predictions for ${after} requests, the champion for ${before}`;
    return { name, verdict: "inconclusive", measured, required, numbers: {} };
  }
  const weighed = (sample: Sample) => categories(sample).map((rows) => rows * rowWeight(sample));
  const difference = totalVariation(weighed(champion), weighed(challenger));
  return {
    name,
    verdict: verdictOn(difference, limit, significance),
    measured: `${percent(difference.measured)} of the predictions elsewhere, at most ${percent(difference.atMost)}; ${rowsOf(challenger)} rows, the champion ${rowsOf(champion)}`,
    required,
    numbers: { ...difference, limit },
  };
}

function cases(sample: Sample): number {
  return Math.min(successes(sample), rowsOf(sample));
}
