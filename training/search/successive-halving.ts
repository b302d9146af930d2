import { rankable } from "../evaluation/cross-validate.ts";
import { meanOfFolds } from "../evaluation/measure.ts";

/** How far a trial has come. */
export interface Standing {
  trial: number;
  /** The metric on each fold that was measured, in the folds' order. */
  scores: readonly number[];
  /** It cannot be fitted: it goes no further, and stands in nobody's way. */
  failed: boolean;
}

export type Step = { trial: number; folds: number };

/** Of so many trials that came as far, one goes further. */
const halving = 3;

/** On fewer rows the order of two trials is chance. */
const fewestRows = 100;

/**
 * How many folds a trial is measured on before it is held against the others that came as far: the last number is that of all folds.
 *
 * @param rowsOfFold that a fold is measured on
 */
export function rungsOf(folds: number, rowsOfFold: number): number[] {
  const first = Math.min(folds, Math.ceil(fewestRows / rowsOfFold));
  const rungs = [folds];
  for (let rung = folds; rung > first; rungs.unshift(rung)) rung = Math.max(first, Math.ceil(rung / halving));
  return rungs;
}

/**
 * Which trial goes on, and up to how many folds; the highest rung counts first. Trials that were measured on as many folds are ranked by the mean of them, and
 * the best third may go on, always the best one.
 *
 * @returns undefined where none may: a new trial is to be begun
 * @see Li et al. (2020), A system for massively parallel hyperparameter tuning (asynchronous successive halving, here with one worker and folds as the resource)
 */
export function nextStep(standings: readonly Standing[], rungs: readonly number[]): Step | undefined {
  const steps = rungs.slice(1).map((folds, below) => ({ from: rungs[below] ?? 0, folds }));
  for (const { from, folds } of steps.reverse()) {
    const reached = standings.filter(({ scores, failed }) => !failed && scores.length >= from);
    const ranked = reached.toSorted((one, other) => meanOf(other, from) - meanOf(one, from) || one.trial - other.trial);
    const promoted = ranked.slice(0, Math.max(1, Math.floor(ranked.length / halving))).find(({ scores }) => scores.length < folds);
    if (promoted !== undefined) return { trial: promoted.trial, folds };
  }
  return undefined;
}

function meanOf({ scores }: Standing, folds: number): number {
  return Math.max(lowest, rankable(meanOfFolds(scores.slice(0, folds))));
}

/** Two of them have a difference, as two infinities have not. */
const lowest = -Number.MAX_VALUE;
