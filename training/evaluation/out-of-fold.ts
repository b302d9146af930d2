import type { Candidate } from "../candidates/candidate.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { type FeatureTable, selectRows, withoutRows } from "../features/feature-table.ts";
import { dealtFolds } from "../features/split.ts";

/**
 * What a candidate answers for each row when it was fitted without the row's fold: what is decided by such answers does not flatter the fit.
 *
 * @returns row by row, as {@link fitModel}'s predict
 */
export async function outOfFold(
  candidate: Candidate,
  rows: FeatureTable,
  { folds, seed }: { folds: number; seed: number },
): Promise<number[][]> {
  const answers = new Array<number[]>(rows.labels.length);
  for (const held of dealtFolds(rows, folds, seed)) {
    const model = await fitModel(candidate, withoutRows(rows, held), seed);
    const given = model.predict(selectRows(rows, held));
    for (const [place, row] of held.entries()) answers[row] = given[place] ?? [];
  }
  return answers;
}
