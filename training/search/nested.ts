import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { SearchBudget } from "@falconry/model/workload.ts";
import { type CrossValidated, measureFold, summary } from "../evaluation/cross-validate.ts";
import { foldsOf } from "../evaluation/folds.ts";
import type { Metrics } from "../evaluation/measure.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { dealtFolds } from "../features/split.ts";
import type { FoldMemory } from "../journal/fold-memory.ts";
import { type Procedure, quiet, selectCandidate } from "./select-candidate.ts";

/** Where more rows than these are fitted on, a search hardly flatters itself, and doing it again costs hours. */
const mostRows = 10_000;
const usualOuterFolds = 3;

/** How many folds a search is measured on from outside, where nobody has said it. */
export function usualNesting(rows: FeatureTable): number {
  return rows.labels.length > mostRows ? 0 : usualOuterFolds;
}

/** Each search's share of the budget: the nested ones have the same settings to try, and share the time. */
export function shareOf(budget: SearchBudget, outerFolds: number): SearchBudget {
  return "trials" in budget ? budget : { seconds: budget.seconds / (outerFolds + 1) };
}

/**
 * Nested cross-validation: the whole procedure, its search included, is done without each fold, and what it chooses is fitted without the fold and measured on
 * it. The best of many trials looks better on its own folds than it is; this does not.
 *
 * @returns undefined where the folds would hold too few rows of a class, or of too few groups, to be dealt again
 * @see Cawley and Talbot (2010), On over-fitting in model selection and subsequent selection bias in performance evaluation
 */
export async function nestedEstimate(
  rows: FeatureTable,
  procedure: Procedure,
  outerFolds: number,
  measured: FoldMemory,
  progress: Progress,
): Promise<CrossValidated | undefined> {
  const plan = { folds: outerFolds, seed: procedure.crossValidation.seed };
  if (!canBeDealtAgain(rows, procedure, plan)) return undefined;
  const values: Metrics<number>[] = [];
  for (const [index, outer] of foldsOf(rows, plan).entries()) {
    progress(`the search once more, without fold ${index + 1} of ${outerFolds}, to be measured on it`);
    const fold = outer();
    const within: FoldMemory = (key, measureNow) => measured(`outer ${index}/${key}`, measureNow);
    const { outcome } = await measured(`outer ${index}`, async () => {
      const { best } = await selectCandidate(fold.fit, procedure, quiet(within));
      return await measureFold(best.candidate, fold, plan.seed);
    });
    if ("failure" in outcome) return undefined;
    values.push(outcome.metrics);
  }
  return summary("nested", rows, values);
}

function canBeDealtAgain(rows: FeatureTable, { crossValidation }: Procedure, plan: { folds: number; seed: number }): boolean {
  try {
    return foldsOf(rows, plan).every((outer) => {
      const { fit } = outer();
      dealtFolds(fit, crossValidation.folds, crossValidation.seed);
      // one to fit on whichever fold holds the other
      return fit.classes.every((_, label) => fit.labels.filter((each) => each === label).length >= 2);
    });
  } catch (error) {
    if (error instanceof FalconryError && error.code === "train.too-few-rows") return false;
    throw error;
  }
}
