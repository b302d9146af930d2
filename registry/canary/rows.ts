import { sum } from "simple-statistics";
import { type Sample, successes } from "./sample.ts";

/** Rows that were answered with success. */
export function rowsOf({ predictions }: Sample): number {
  return sum(Object.values(predictions.byClass));
}

/**
 * What one row weighs among independent cases, in (0, 1]. Rows of one request may be much alike: together they count as one case, the worst that can be.
 *
 * @see Kish (1965), Survey Sampling, 5.4: the design effect, for an intra-class correlation of 1
 */
export function rowWeight(sample: Sample): number {
  return Math.min(successes(sample) / rowsOf(sample), 1);
}
