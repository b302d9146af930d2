import type { Workload } from "@falconry/model/workload.ts";
import { mean } from "simple-statistics";
import type { Candidate } from "../candidates/candidate.ts";
import { type FeatureTable, selectRows } from "../features/feature-table.ts";
import { stratifiedSplit } from "../features/split.ts";
import { type FoldMemory, foldKey } from "../journal/fold-memory.ts";
import { measureFold } from "./cross-validate.ts";
import { foldsOf } from "./folds.ts";
import { meanOfFolds } from "./measure.ts";

/** What a candidate comes to with fewer rows than there are: whether more of them would help. */
export interface LearningCurve {
  /** From the fewest rows to all but a fold. */
  points: {
    /** To fit on, in the mean over the folds. */
    rows: number;
    /** Of the workload's metric on the folds, which are the same for every point. */
    value: number;
    /** On each fold. */
    folds: number[];
  }[];
}

/** Why there is no curve, for people. */
export interface NoLearningCurve {
  skipped: string;
}

const shares = [1 / 8, 1 / 4, 1 / 2, 1];
const foldsMeasured = 2;
/** Of each class, and in all: on fewer a fit says more of chance than of their number. */
const [fewestOfClass, fewestRows] = [2, 10];

/**
 * Fits a candidate on an eighth, a quarter, a half and all of the rows outside of two folds, each class in its share and the smaller part always
 * within the larger one, and measures it on the folds.
 *
 * @param measured remembers what was measured, should the training be killed
 * @param piece what the cross-validation of the candidate has remembered its folds under: with all rows they are the same
 */
export async function learningCurve(
  candidate: Candidate,
  rows: FeatureTable,
  { crossValidation: { folds, seed }, metric }: Pick<Workload, "crossValidation" | "metric">,
  measured: FoldMemory,
  piece: string = candidate.name,
): Promise<LearningCurve | NoLearningCurve> {
  const measuredOn = foldsOf(rows, { folds, seed })
    .slice(0, foldsMeasured)
    .map((fold) => fold());
  const smallest = measuredOn.map(({ fit }) => shareOf(fit, shares[0] ?? 1, seed));
  const lacking = smallest.map(tooFew).find((reason) => reason !== undefined);
  if (lacking !== undefined) return { skipped: lacking };
  const points: LearningCurve["points"] = [];
  for (const share of shares) {
    const fitted = measuredOn.map(({ fit, held }) => ({ fit: shareOf(fit, share, seed), held }));
    const values: number[] = [];
    for (const [index, fold] of fitted.entries()) {
      const key = foldKey(share === 1 ? piece : `learning curve/${share}`, index);
      const { outcome } = await measured(key, () => measureFold(candidate, fold, seed));
      if ("failure" in outcome) return { skipped: outcome.failure.message };
      values.push(outcome.metrics[metric] ?? Number.NaN);
    }
    points.push({ rows: mean(fitted.map(({ fit }) => fit.labels.length)), value: meanOfFolds(values), folds: values });
  }
  return { points };
}

function shareOf(rows: FeatureTable, share: number, seed: number): FeatureTable {
  return share === 1 ? rows : selectRows(rows, stratifiedSplit(rows, share, seed).test);
}

function tooFew({ labels, classes }: FeatureTable): string | undefined {
  const ofClass = classes.map((_, label) => labels.filter((one) => one === label).length);
  const scarce = ofClass.findIndex((count) => count < fewestOfClass);
  if (scarce >= 0) return `an eighth of the rows holds ${ofClass[scarce]} of class ${classes[scarce]}, and ${fewestOfClass} are needed`;
  return labels.length < fewestRows ? `an eighth of the rows is ${labels.length}, and ${fewestRows} are needed` : undefined;
}
