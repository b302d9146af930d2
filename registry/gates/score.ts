import type { FeatureSet } from "@falconry/model/feature-set.ts";
import type { Frame } from "@falconry/model/frame.ts";
import { accuracy, balancedAccuracy, confusionMatrix, rocAuc } from "@falconry/model/metrics.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { type Answers, columnOf } from "./answers.ts";
import { Unmeasurable } from "./unmeasurable.ts";

/**
 * A workload's metric of answers to rows; higher is better.
 *
 * @param modelClasses order of a row of the answers' probabilities
 * @throws Unmeasurable where the rows or the answers do not admit the metric
 */
export function score(
  metric: Workload["metric"],
  { target, classes }: FeatureSet,
  rows: Frame,
  answers: Answers,
  modelClasses: readonly (number | string)[],
): number {
  const truth = columnOf(rows, target).map((value) => labelOf(value, target));
  const value =
    metric === "rocAuc" ? areaUnderCurve(truth, classes, answers, modelClasses) : ofConfusion(metric, truth, answers.predictions, classes);
  if (Number.isNaN(value)) throw new Unmeasurable(`${metric} of ${rows.rows} rows is undefined`);
  return value;
}

function ofConfusion(
  metric: "accuracy" | "balancedAccuracy",
  truth: (number | string)[],
  predictions: Answers["predictions"],
  classes: FeatureSet["classes"],
): number {
  const stranger = predictions.find((prediction) => !classes.includes(prediction));
  if (stranger !== undefined) throw new Unmeasurable(`the model predicts "${stranger}", which is no class of the feature set`);
  const confusion = confusionMatrix(truth, predictions, classes);
  return metric === "accuracy" ? accuracy(confusion) : balancedAccuracy(confusion);
}

/** The second of two classes is the positive one. */
function areaUnderCurve(
  truth: (number | string)[],
  classes: FeatureSet["classes"],
  { probabilities }: Answers,
  modelClasses: readonly (number | string)[],
): number {
  const [, positive] = classes;
  const column = positive === undefined ? -1 : modelClasses.indexOf(positive);
  if (classes.length !== 2 || column === -1 || probabilities === undefined) {
    throw new Unmeasurable("rocAuc needs two classes and their probabilities");
  }
  return rocAuc(
    truth.map((label) => label === positive),
    probabilities.map((row) => row[column] ?? Number.NaN),
  );
}

function labelOf(value: Frame["columns"][string][number], target: string): number | string {
  if (value === null) throw new Unmeasurable(`a row has no "${target}"`);
  return typeof value === "boolean" ? Number(value) : value;
}
