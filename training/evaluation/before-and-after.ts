import { bootstrapInterval, type Interval } from "@falconry/model/intervals.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { mean } from "simple-statistics";

type Estimate = Interval & { value: number };

/** Means over the same rows, with their 95 % intervals by the bootstrap. */
export interface BeforeAndAfter {
  before: Estimate;
  after: Estimate;
  /** After minus before, row by row: what is hard is hard for both, so that its interval says more than the two. */
  difference: Estimate;
}

/**
 * @param before one value per row, as `after`
 * @param seed of the bootstrap
 */
export function beforeAndAfter(before: readonly number[], after: readonly number[], seed: number): BeforeAndAfter {
  const estimate = (values: readonly number[]): Estimate => ({
    value: mean([...values]),
    ...bootstrapInterval(values.length, (drawn) => mean(drawn.map((row) => values[row] ?? Number.NaN)), seededRandom(seed)),
  });
  return {
    before: estimate(before),
    after: estimate(after),
    difference: estimate(after.map((value, row) => value - (before[row] ?? Number.NaN))),
  };
}
