import { differenceInterval } from "@falconry/model/intervals.ts";
import { sum } from "simple-statistics";
import type { Difference } from "../verdict.ts";
import { chiSquareTest } from "./chi-square.ts";

/**
 * How far two samples of categories are apart: the share of cases that would have to change their category for both to be distributed alike. That is the
 * difference of two proportions, of the cases in categories that the canary has more of; chosen after the fact, it comes out too large rather than too small.
 *
 * @param control cases per category, whole or not, one in all at least
 * @param canary cases of the same categories
 * @see Levin and Peres (2017), Markov Chains and Mixing Times, 4.1; p is that of {@link chiSquareTest}
 */
export function totalVariation(control: readonly number[], canary: readonly number[]): Difference {
  const [controls, canaries] = [sum([...control]), sum([...canary])];
  const more = canary.map((count, category) => count / canaries > (control[category] ?? 0) / controls);
  const share = (counts: readonly number[], trials: number) => ({
    successes: Math.min(sum(counts.filter((_, category) => more[category])), trials), // the sum of all may be rounded up
    trials,
  });
  const [before, after] = [share(control, controls), share(canary, canaries)];
  return {
    measured: after.successes / canaries - before.successes / controls,
    atMost: differenceInterval(before, after).high,
    p: chiSquareTest(control, canary),
  };
}
