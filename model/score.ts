import { mean } from "simple-statistics";
import { accuracy, balancedAccuracy, confusionMatrix, rocAuc } from "./metrics.ts";
import type { Workload } from "./workload.ts";

export interface ScoredRows {
  /** Class of each row. */
  actual: readonly (number | string)[];
  predictions: readonly (number | string)[];
  /** Row x class. */
  probabilities: readonly (readonly number[])[];
  classes: readonly (number | string)[];
}

/**
 * The metric that a workload compares its models by, in [0, 1], higher is better.
 *
 * @returns NaN where the rows do not allow it: no row, or for rocAuc rows of one class only
 * @throws RangeError for a label that is none of the classes
 */
export function score(metric: Workload["metric"], rows: ScoredRows): number {
  if (metric === "rocAuc") return oneAgainstRest(rows);
  const confusion = confusionMatrix(rows.actual, rows.predictions, rows.classes);
  return metric === "accuracy" ? accuracy(confusion) : balancedAccuracy(confusion);
}

/** Mean over the classes of each one's AUC against the rest; for two classes that is the AUC. @see Provost and Domingos (2000) */
function oneAgainstRest({ actual, probabilities, classes }: ScoredRows): number {
  const areas = classes.map((label, column) =>
    rocAuc(
      actual.map((one) => one === label),
      probabilities.map((row) => row[column] ?? Number.NaN),
    ),
  );
  return areas.length === 0 ? Number.NaN : mean(areas);
}
