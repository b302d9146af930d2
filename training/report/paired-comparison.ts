import { foldsInterval, type Interval } from "@falconry/model/intervals.ts";
import type { CrossValidated } from "../evaluation/cross-validate.ts";
import type { MetricName } from "../evaluation/measure.ts";

/** What choosing another candidate would have changed. */
export interface PairedComparison {
  candidate: string;
  /** Of the metric on the same folds: the candidate's minus the chosen one's, with the 95 % interval of the mean. */
  difference: Interval & { mean: number };
}

/**
 * Holds each other candidate against the chosen one, fold by fold: what makes a fold hard is hard for both, so that the interval of their difference says
 * more than the intervals of each.
 *
 * @param repeats of the cross-validation
 * @throws RangeError where a candidate was measured on other folds, or on fewer than two
 */
export function pairedComparison(
  chosen: CrossValidated,
  others: readonly CrossValidated[],
  metric: MetricName,
  repeats = 1,
): PairedComparison[] {
  const base = chosen.folds[metric] ?? [];
  return others.map(({ name, folds }) => {
    const values = folds[metric] ?? [];
    if (values.length !== base.length)
      throw new RangeError(`${name} was measured on ${values.length} folds, ${chosen.name} on ${base.length}`);
    return {
      candidate: name,
      difference: foldsInterval(
        values.map((value, fold) => value - (base[fold] ?? Number.NaN)),
        repeats,
      ),
    };
  });
}
