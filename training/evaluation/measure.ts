import { bootstrapInterval, type Interval, wilsonInterval } from "@falconry/model/intervals.ts";
import { confusionMatrix, correct, logLoss, meanAbsoluteError, rootMeanSquaredError } from "@falconry/model/metrics.ts";
import type { DecisionThreshold } from "@falconry/model/onnx/classifier-graph.ts";
import { type ScoredRows, score } from "@falconry/model/score.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import type { FeatureTable } from "../features/feature-table.ts";

/** What predicted classes are measured by. Log loss is in nats, lower is better; the others are in [0, 1], higher is better. */
const classMetrics = ["accuracy", "balancedAccuracy", "rocAuc", "logLoss"] as const;
/** What predicted numbers are measured by: `rmse` and `mae` in the target's unit, lower is better; `r2`, at most 1, higher is better. */
const numberMetrics = ["r2", "rmse", "mae"] as const;

export const metricNames = [...classMetrics, ...numberMetrics];
export type MetricName = (typeof metricNames)[number];
/** Of each metric of the task. */
export type Metrics<Value> = Partial<Record<MetricName, Value>>;

/** Value of each metric with its 95 % interval: Wilson's for the accuracy, the bootstrap's for the others. */
export type Measured = Metrics<Interval & { value: number }>;

/** The task's metrics, each with its value. */
export function eachMetric<Value>({ classes }: Pick<FeatureTable, "classes">, value: (metric: MetricName) => Value): Metrics<Value> {
  const names: readonly MetricName[] = classes.length > 0 ? classMetrics : numberMetrics;
  return Object.fromEntries(names.map((metric) => [metric, value(metric)]));
}

/** Over the folds whose rows allow the metric: on the others it is NaN, whatever was predicted. NaN of none. */
export function meanOfFolds(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Of each metric the mean over the folds; none of no fold. */
export function meansOf(folds: readonly Metrics<number>[]): Metrics<number> {
  const measured = metricNames.filter((metric) => folds[0]?.[metric] !== undefined);
  return Object.fromEntries(measured.map((metric) => [metric, meanOfFolds(folds.map((fold) => fold[metric] ?? Number.NaN))]));
}

/** A metric's value lies within these bounds. */
export function boundsOf(metric: MetricName): Interval {
  const highestIsOne = metric !== "logLoss" && metric !== "rmse" && metric !== "mae";
  return { low: metric === "r2" ? Number.NEGATIVE_INFINITY : 0, high: highestIsOne ? 1 : Number.POSITIVE_INFINITY };
}

/** Rows with what a model predicts for them. */
export function scoredBy(model: Pick<FittedModel, "predict" | "threshold">, rows: FeatureTable): Scored {
  return scored(rows, model.predict(rows), model.threshold);
}

/**
 * Rows with what was predicted for them: of classes the most probable one, of equals the first; where there is a threshold, what is above it.
 */
export function scored({ labels, classes }: FeatureTable, answers: number[][], threshold?: DecisionThreshold): Scored {
  if (classes.length === 0)
    return { actual: labels, predictions: answers.map(([value = Number.NaN]) => value), probabilities: [], classes };
  const classAt = (index: number) => classes[index] ?? "";
  return {
    actual: labels.map(classAt),
    predictions: answers.map((row) => classAt(predictedPlace(row, threshold))),
    probabilities: answers,
    classes,
  };
}

function predictedPlace(probabilities: number[], threshold: DecisionThreshold | undefined): number {
  if (threshold === undefined) return probabilities.indexOf(Math.max(...probabilities));
  const { label, above } = threshold;
  // as the graph compares them
  return Math.fround(probabilities[label] ?? Number.NaN) > above ? label : 1 - label;
}

/** What was predicted, to be written down. */
export interface Scored extends ScoredRows {
  probabilities: number[][];
  classes: (number | string)[];
}

export function measure(rows: Scored): Metrics<number> {
  return eachMetric(rows, (metric) => metricOf(metric, rows));
}

/** @param seed of the bootstrap */
export function measureWithIntervals(rows: Scored, seed: number): Measured {
  return eachMetric(rows, (metric) => ({ value: metricOf(metric, rows), ...intervalOf(metric, rows, seed) }));
}

function intervalOf(metric: MetricName, rows: Scored, seed: number): Interval {
  if (metric === "accuracy")
    return wilsonInterval(correct(confusionMatrix(rows.actual, rows.predictions, rows.classes)), rows.actual.length);
  return bootstrapInterval(rows.actual.length, (drawn) => metricOf(metric, resampled(rows, drawn)), seededRandom(seed));
}

function metricOf(metric: MetricName, rows: ScoredRows): number {
  switch (metric) {
    case "logLoss":
      return logLoss(rows.actual, rows.probabilities, rows.classes);
    case "rmse":
      return rootMeanSquaredError(rows.actual.map(Number), rows.predictions.map(Number));
    case "mae":
      return meanAbsoluteError(rows.actual.map(Number), rows.predictions.map(Number));
    default:
      return score(metric, rows);
  }
}

function resampled({ actual, predictions, probabilities, classes }: ScoredRows, drawn: number[]): ScoredRows {
  return { actual: pick(actual, drawn), predictions: pick(predictions, drawn), probabilities: pick(probabilities, drawn), classes };
}

function pick<Value>(values: readonly Value[], rows: number[]): Value[] {
  const picked: Value[] = [];
  for (const row of rows) {
    const value = values[row];
    if (value !== undefined) picked.push(value);
  }
  return picked;
}
