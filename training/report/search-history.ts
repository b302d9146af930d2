import type { Workload } from "@falconry/model/workload.ts";
import { type Metrics, meansOf } from "../evaluation/measure.ts";
import type { Selected } from "../search/select-in-run.ts";
import type { Plot } from "./plot.ts";

/** A trial as it is kept with the run. */
export interface TrialRecord {
  trial: number;
  candidate: string;
  settings: Record<string, string>;
  /** How many folds it was measured on. */
  folds: number;
  /** Mean over them. */
  metrics: Metrics<number>;
  /** Why it could not be fitted. */
  failure?: string;
}

/** What a search tried, in its order. */
export function searchHistory({ trials }: Pick<Selected, "trials">): TrialRecord[] {
  return trials.map(({ number, of, candidate, folds, failure }) => ({
    trial: number,
    candidate: of,
    settings: candidate.settings,
    folds: folds.length,
    metrics: meansOf(folds.map(({ metrics }) => metrics)),
    ...(failure !== undefined && { failure }),
  }));
}

const side = 320;

/** Each trial by its number, as good as it looked on as many folds as it was measured on. */
export function searchPlot(history: readonly TrialRecord[], metric: Workload["metric"]): Plot {
  const values = history.flatMap(({ trial, candidate, folds, metrics }) =>
    metrics[metric] === undefined ? [] : [{ trial, candidate, folds, value: metrics[metric] }],
  );
  return {
    title: "What the search tried",
    width: 2 * side,
    height: side,
    data: { values },
    mark: { type: "point", filled: true, opacity: 0.7 },
    encoding: {
      x: { field: "trial", type: "quantitative", axis: { tickMinStep: 1 } },
      y: { field: "value", type: "quantitative", title: `${metric}, mean over the folds`, scale: { zero: false } },
      color: { field: "candidate", type: "nominal" },
      size: { field: "folds", type: "ordinal", title: "folds" },
    },
  };
}
