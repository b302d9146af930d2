import { foldsInterval, type Interval } from "@falconry/model/intervals.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { fitModel } from "../candidates/fit-model.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { type Fold, foldsOf } from "./folds.ts";
import { boundsOf, eachMetric, type MetricName, type Metrics, measure, scored } from "./measure.ts";

export interface CrossValidated {
  name: string;
  /** Over the folds, with the 95 % interval of the mean. */
  metrics: Metrics<Interval & { mean: number }>;
  /** Of each metric the value on each fold. */
  folds: Metrics<number[]>;
}

/** What a fold came to, measured now or remembered. @param fold its place among the folds */
export type MeasureFold = (fold: number, measureNow: () => Promise<Metrics<number>>) => Promise<Metrics<number>>;

/** Fits a candidate once per fold on all the other folds, preprocessing included, and measures it on the fold. */
export async function crossValidate(
  candidate: Candidate,
  rows: FeatureTable,
  plan: Workload["crossValidation"],
  measured: MeasureFold = (_, measureNow) => measureNow(),
): Promise<CrossValidated> {
  const values: Metrics<number>[] = [];
  for (const [index, fold] of foldsOf(rows, plan).entries())
    values.push(await measured(index, () => measureFold(candidate, fold(), plan.seed)));
  return summary(candidate.name, rows, values, plan.repeats);
}

export async function measureFold(candidate: Candidate, { fit, held }: Fold, seed: number): Promise<Metrics<number>> {
  const model = await fitModel(candidate, fit, seed);
  return measure(scored(held, model.predict(held)));
}

/** @param measured of every fold, those of the first dealing first */
export function summary(name: string, rows: Pick<FeatureTable, "classes">, measured: Metrics<number>[], repeats = 1): CrossValidated {
  const values = (metric: MetricName) => measured.map((fold) => fold[metric] ?? Number.NaN);
  return {
    name,
    metrics: eachMetric(rows, (metric) => withinBounds(metric, foldsInterval(values(metric), repeats))),
    folds: eachMetric(rows, values),
  };
}

/** The one with the highest mean of the metric; of equals the first, which is to be the simpler one. */
export function best<Compared extends { results: CrossValidated }>(
  compared: readonly [Compared, ...Compared[]],
  metric: MetricName,
): Compared {
  const meanOf = ({ results }: Compared) => rankable(results.metrics[metric]?.mean);
  return compared.reduce((leader, next) => (meanOf(next) > meanOf(leader) ? next : leader));
}

/** A metric that could not be had is worse than any other. */
export function rankable(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

/** A t interval knows nothing of the metric's own bounds. */
function withinBounds(metric: MetricName, { mean, low, high }: Interval & { mean: number }): Interval & { mean: number } {
  const bounds = boundsOf(metric);
  return { mean, low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
}
