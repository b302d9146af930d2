import { bootstrapInterval, type Interval, wilsonInterval } from "@falconry/model/intervals.ts";
import { confusionMatrix, correct, logLoss } from "@falconry/model/metrics.ts";
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

function metricOf(metric: MetricName, rows: ScoredRows): number {
  return metric === "logLoss" ? logLoss(rows.actual, rows.probabilities, rows.classes) : score(metric, rows);
}

function resampled({ actual, predictions, probabilities, classes }: ScoredRows, drawn: number[]): ScoredRows {
  const pick = <T>(values: readonly T[]): T[] => drawn.flatMap((row) => values.slice(row, row + 1));
  return { actual: pick(actual), predictions: pick(predictions), probabilities: pick(probabilities), classes };
}
