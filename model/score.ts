import { mean } from "simple-statistics";
import { accuracy, balancedAccuracy, confusionMatrix, rocAuc, rSquared } from "./metrics.ts";
import type { Workload } from "./workload.ts";

export interface ScoredRows {
  /** Class of each row; of a regression its value. */
  actual: readonly (number | string)[];
  predictions: readonly (number | string)[];
  /** Row x class; none of a regression. */
  probabilities: readonly (readonly number[])[];
  /** None of a regression. */
  classes: readonly (number | string)[];
}

/**
 * The metric that a workload compares its models by, higher is better.
 *
 * @returns NaN where the rows do not allow it: no row, for rocAuc rows of one class only, for r2 a target that does not vary
 * @throws RangeError for a label that is none of the classes
 */
export function score(metric: Workload["metric"], rows: ScoredRows): number {
  if (metric === "r2") return rSquared(rows.actual.map(Number), rows.predictions.map(Number));
  if (metric === "rocAuc") return oneAgainstRest(rows);
  const confusion = confusionMatrix(rows.actual, rows.predictions, rows.classes);
  return metric === "accuracy" ? accuracy(confusion) : balancedAccuracy(confusion);
}

/** Mean over the classes of each one's AUC against the rest; two classes' are the same. @see Provost and Domingos (2000) */
function oneAgainstRest({ actual, probabilities, classes }: ScoredRows): number {
  const areas = classes.slice(classes.length === 2 ? 1 : 0).map((label) =>
    rocAuc(
      actual.map((one) => one === label),
      probabilities.map((row) => row[classes.indexOf(label)] ?? Number.NaN),
    ),
  );
  return areas.length === 0 ? Number.NaN : mean(areas);
}
