import { bootstrapInterval, type Interval, wilsonInterval } from "@falconry/model/intervals.ts";
import { confusionMatrix, correct, logLoss, meanAbsoluteError, rootMeanSquaredError, rSquared } from "@falconry/model/metrics.ts";
import { type ScoredRows, score } from "@falconry/model/score.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import type { FeatureTable } from "../features/feature-table.ts";

/** What predictions are measured by. Log loss is in nats, lower is better; the others are in [0, 1], higher is better. */
export const metricNames = ["accuracy", "balancedAccuracy", "rocAuc", "logLoss"] as const;
export type MetricName = (typeof metricNames)[number];
export type Metrics<Value> = Record<MetricName, Value>;

/** Value of each metric with its 95 % interval: Wilson's for the accuracy, the bootstrap's for the others. */
export type Measured = Metrics<Interval & { value: number }>;

export function eachMetric<Value>(value: (metric: MetricName) => Value): Metrics<Value> {
  return {
    accuracy: value("accuracy"),
    balancedAccuracy: value("balancedAccuracy"),
    rocAuc: value("rocAuc"),
    logLoss: value("logLoss"),
  };
}

/** Rows with what was predicted for them: the most probable class, of equals the first. */
export function scored({ labels, classes }: FeatureTable, probabilities: number[][]): ScoredRows & { probabilities: number[][] } {
  const classAt = (index: number) => classes[index] ?? "";
  return {
    actual: labels.map(classAt),
    predictions: probabilities.map((row) => classAt(row.indexOf(Math.max(...row)))),
    probabilities,
    classes,
  };
}

export function measure(rows: ScoredRows): Metrics<number> {
  return eachMetric((metric) => metricOf(metric, rows));
}

/** @param seed of the bootstrap */
export function measureWithIntervals(rows: ScoredRows, seed: number): Measured {
  const confusion = confusionMatrix(rows.actual, rows.predictions, rows.classes);
  return eachMetric((metric) => ({
    value: metricOf(metric, rows),
    ...(metric === "accuracy"
      ? wilsonInterval(correct(confusion), rows.actual.length)
      : bootstrapInterval(rows.actual.length, (drawn) => metricOf(metric, resampled(rows, drawn)), seededRandom(seed))),
  }));
}

/** What a regression's predictions are measured by: `rmse` and `mae` in the target's unit, lower is better; `r2`, at most 1, higher is better. */
export type RegressionMetrics<Value> = Record<"rmse" | "mae" | "r2", Value>;

export function measureRegression(actual: readonly number[], predicted: readonly number[]): RegressionMetrics<number> {
  return {
    rmse: rootMeanSquaredError(actual, predicted),
    mae: meanAbsoluteError(actual, predicted),
    r2: rSquared(actual, predicted),
  };
}

/** Each metric with its 95 % bootstrap interval. @param seed of the bootstrap */
export function measureRegressionWithIntervals(
  actual: readonly number[],
  predicted: readonly number[],
  seed: number,
): RegressionMetrics<Interval & { value: number }> {
  const values = measureRegression(actual, predicted);
  const withInterval = (metric: keyof RegressionMetrics<unknown>) => ({
    value: values[metric],
    ...bootstrapInterval(
      actual.length,
      (drawn) => measureRegression(pick(actual, drawn), pick(predicted, drawn))[metric],
      seededRandom(seed),
    ),
  });
  return { rmse: withInterval("rmse"), mae: withInterval("mae"), r2: withInterval("r2") };
}

function metricOf(metric: MetricName, rows: ScoredRows): number {
  return metric === "logLoss" ? logLoss(rows.actual, rows.probabilities, rows.classes) : score(metric, rows);
}

function resampled({ actual, predictions, probabilities, classes }: ScoredRows, drawn: number[]): ScoredRows {
  return { actual: pick(actual, drawn), predictions: pick(predictions, drawn), probabilities: pick(probabilities, drawn), classes };
}

function pick<Value>(values: readonly Value[], rows: number[]): Value[] {
  return rows.flatMap((row) => values.slice(row, row + 1));
}
