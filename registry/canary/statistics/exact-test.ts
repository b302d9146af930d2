import type { Proportion } from "@falconry/model/intervals.ts";
import { gammaln } from "simple-statistics";

/**
 * One-sided exact test that the second proportion is not larger than the first; holds for any counts, however small.
 *
 * @param before whole counts, as `after`
 * @returns p in [0, 1]: how often chance alone gives the second as many successes, or more, where there are so many in all
 * @see Fisher (1935), The logic of inductive inference
 */
export function exactTest(before: Proportion, after: Proportion): number {
  const successes = before.successes + after.successes;
  const all = logChoose(before.trials + after.trials, successes);
  let p = 0;
  for (let count = after.successes; count <= Math.min(successes, after.trials); count++) {
    const others = successes - count;
    if (others <= before.trials) p += Math.exp(logChoose(after.trials, count) + logChoose(before.trials, others) - all);
  }
  return Math.min(p, 1);
}

function logChoose(count: number, chosen: number): number {
  return gammaln(count + 1) - gammaln(chosen + 1) - gammaln(count - chosen + 1);
}
