import { foldsInterval, type Interval } from "@falconry/model/intervals.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { type FeatureTable, selectRows } from "../features/feature-table.ts";
import { dealtFolds } from "../features/split.ts";
import { boundsOf, eachMetric, type MetricName, type Metrics, measure, scored } from "./measure.ts";

export interface CrossValidated {
  name: string;
  /** Over the folds, with the 95 % interval of the mean. */
  metrics: Metrics<Interval & { mean: number }>;
  /** Of each metric the value on each fold. */
  folds: Metrics<number[]>;
}

/** Fits a candidate once per fold on all the other folds, preprocessing included, and measures it on the fold. */
export async function crossValidate(
  candidate: Candidate,
  rows: FeatureTable,
  { folds, seed }: { folds: number; seed: number },
): Promise<CrossValidated> {
  const parts = dealtFolds(rows, folds, seed);
  const measured: Metrics<number>[] = [];
  for (const held of parts) {
    const others = parts.filter((part) => part !== held).flat();
    const model = await fitModel(
      candidate,
      selectRows(
        rows,
        others.sort((a, b) => a - b),
      ),
      seed,
    );
    const tested = selectRows(rows, held);
    measured.push(measure(scored(tested, model.predict(tested))));
  }
  const values = (metric: MetricName) => measured.map((fold) => fold[metric] ?? Number.NaN);
  return {
    name: candidate.name,
    metrics: eachMetric(rows, (metric) => withinBounds(metric, foldsInterval(values(metric)))),
    folds: eachMetric(rows, values),
  };
}

/** The candidate with the highest mean of the metric; of equals the one declared first, which is to be the simpler one. */
export function best(compared: { candidate: Candidate; results: CrossValidated }[], metric: Workload["metric"]): Candidate {
  const mean = ({ results }: { results: CrossValidated }) => results.metrics[metric]?.mean ?? Number.NaN;
  return compared.reduce((leader, next) => (mean(next) > mean(leader) ? next : leader)).candidate;
}

/** A t interval knows nothing of the metric's own bounds. */
function withinBounds(metric: MetricName, { mean, low, high }: Interval & { mean: number }): Interval & { mean: number } {
  const bounds = boundsOf(metric);
  return { mean, low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
}
