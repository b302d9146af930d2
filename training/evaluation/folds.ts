import type { Workload } from "@falconry/model/workload.ts";
import { type FeatureTable, selectRows, withoutRows } from "../features/feature-table.ts";
import { dealtFolds } from "../features/split.ts";

/** Rows to fit on and rows to measure on; together they are every row once. */
export interface Fold {
  fit: FeatureTable;
  held: FeatureTable;
}

/**
 * The folds of a cross-validation, those of the first dealing first. Their rows are picked when a fold is asked for, so that a fold costs memory only while it is measured.
 *
 * @throws FalconryError `train.too-few-rows`
 */
export function foldsOf(rows: FeatureTable, { folds, repeats = 1, seed }: Workload["crossValidation"]): (() => Fold)[] {
  return Array.from({ length: repeats }, (_, repeat) => dealtFolds(rows, folds, seed + repeat)).flatMap((parts) =>
    parts.map((held) => () => ({ fit: withoutRows(rows, held), held: selectRows(rows, held) })),
  );
}
