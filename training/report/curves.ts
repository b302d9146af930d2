import { mean } from "simple-statistics";

/** A point of a curve; both in [0, 1]. */
export interface Point {
  x: number;
  y: number;
}

/** How many rows of each kind have at least a score, from the highest score on; rows with one score come together. */
interface Step {
  score: number;
  positives: number;
  negatives: number;
}

/**
 * False positive rate (x) and true positive rate (y) at each threshold, from (0, 0) to (1, 1). The area under the straight lines between them is the ROC AUC.
 *
 * @param scores of a row's being positive
 * @returns only the two corners where the rows are of one class
 * @see Fawcett (2006), An introduction to ROC analysis
 */
export function rocCurve(isPositive: readonly boolean[], scores: readonly number[]): Point[] {
  const steps = stepsOf(isPositive, scores);
  const { positives, negatives } = steps.at(-1) ?? { positives: 0, negatives: 0 };
  if (positives === 0 || negatives === 0) return [corner(0), corner(1)];
  return [corner(0), ...steps.map((step) => ({ x: step.negatives / negatives, y: step.positives / positives }))];
}

/**
 * Recall (x) and precision (y) at each threshold, from the highest on.
 *
 * @returns empty where no row is positive
 */
export function precisionRecallCurve(isPositive: readonly boolean[], scores: readonly number[]): Point[] {
  const steps = stepsOf(isPositive, scores);
  const all = steps.at(-1)?.positives ?? 0;
  return all === 0 ? [] : steps.map(({ positives, negatives }) => ({ x: positives / all, y: positives / (positives + negatives) }));
}

/**
 * Area under the precision-recall curve by steps: each gain of recall at the precision that it is had with; in [0, 1].
 *
 * @returns NaN where no row is positive
 * @see scikit-learn's average_precision_score, which is the same
 */
export function averagePrecision(isPositive: readonly boolean[], scores: readonly number[]): number {
  let before = 0;
  let area = 0;
  for (const { x, y } of precisionRecallCurve(isPositive, scores)) {
    area += (x - before) * y;
    before = x;
  }
  return before === 0 ? Number.NaN : area;
}

/** Rows whose probability lies in one tenth. */
export interface CalibrationBin {
  /** Mean of the probabilities. */
  predicted: number;
  /** Share of the rows that are positive. */
  observed: number;
  rows: number;
}

const bins = 10;

/** Predicted probability beside observed share, in tenths of the probability; tenths without a row are left out. */
export function calibration(isPositive: readonly boolean[], probabilities: readonly number[]): CalibrationBin[] {
  const rows = Array.from({ length: bins }, (): number[] => []);
  for (const [row, probability] of probabilities.entries()) rows[Math.min(bins - 1, Math.floor(probability * bins))]?.push(row);
  return rows
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      predicted: mean(bin.map((row) => probabilities[row] ?? Number.NaN)),
      observed: bin.filter((row) => isPositive[row]).length / bin.length,
      rows: bin.length,
    }));
}

/**
 * Mean distance of predicted and observed over the bins, weighted by their rows; in [0, 1], lower is better.
 *
 * @returns NaN of no rows
 * @see Naeini, Cooper and Hauskrecht (2015), the expected calibration error
 */
export function calibrationError(isPositive: readonly boolean[], probabilities: readonly number[]): number {
  const weighted = calibration(isPositive, probabilities).map(({ predicted, observed, rows }) => rows * Math.abs(predicted - observed));
  return weighted.reduce((sum, value) => sum + value, 0) / isPositive.length;
}

function stepsOf(isPositive: readonly boolean[], scores: readonly number[]): Step[] {
  const rows = scores.map((score, row) => ({ score, positive: isPositive[row] === true })).sort((one, other) => other.score - one.score);
  const steps: Step[] = [];
  for (const { score, positive } of rows) {
    const last = steps.at(-1);
    const step = last?.score === score ? last : { score, positives: last?.positives ?? 0, negatives: last?.negatives ?? 0 };
    if (step !== last) steps.push(step);
    if (positive) step.positives += 1;
    else step.negatives += 1;
  }
  return steps;
}

function corner(at: number): Point {
  return { x: at, y: at };
}
