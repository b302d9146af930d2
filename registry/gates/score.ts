import type { FeatureSet } from "@falconry/model/feature-set.ts";
import type { Frame } from "@falconry/model/frame.ts";
import { score as scoreOf } from "@falconry/model/score.ts";
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
  { predictions, probabilities }: Answers,
  modelClasses: readonly (number | string)[],
): number {
  requireSameTask(metric, classes, predictions);
  const actual = columnOf(rows, target).map((value) => labelOf(value, target));
  const ordered = metric === "rocAuc" ? inOrderOf(classes, probabilities, modelClasses) : [];
  const value = scoreOf(metric, { actual, predictions, probabilities: ordered, classes });
  if (Number.isNaN(value)) throw new Unmeasurable(`${metric} of ${rows.rows} rows is undefined`);
  return value;
}

function requireSameTask(metric: Workload["metric"], classes: FeatureSet["classes"], predictions: Answers["predictions"]): void {
  if ((metric === "r2") !== (classes.length === 0)) {
    throw new Unmeasurable(`${metric} does not measure a target ${classes.length === 0 ? "without" : "with"} classes`);
  }
  const stranger = predictions.find((prediction) => (metric === "r2" ? typeof prediction !== "number" : !classes.includes(prediction)));
  if (stranger === undefined) return;
  throw new Unmeasurable(`the model predicts "${stranger}", which is no ${metric === "r2" ? "number" : "class of the feature set"}`);
}

/** Row x class, in the order of the feature set's classes. */
function inOrderOf(
  classes: FeatureSet["classes"],
  probabilities: Answers["probabilities"],
  modelClasses: readonly (number | string)[],
): number[][] {
  const places = classes.map((name) => modelClasses.indexOf(name));
  if (probabilities === undefined || places.includes(-1)) throw new Unmeasurable("rocAuc needs the probabilities of every class");
  return probabilities.map((row) => places.map((place) => row[place] ?? Number.NaN));
}

function labelOf(value: Frame["columns"][string][number], target: string): number | string {
  if (value === null) throw new Unmeasurable(`a row has no "${target}"`);
  return typeof value === "boolean" ? Number(value) : value;
}
