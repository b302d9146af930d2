import { bootstrapIntervals, type Interval, wilsonInterval } from "@falconry/model/intervals.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { mean } from "simple-statistics";
import type { Scored } from "../evaluation/measure.ts";
import {
  averagePrecision,
  type CalibrationBin,
  calibration,
  calibrationError,
  type Point,
  precisionRecallCurve,
  rocCurve,
} from "./curves.ts";

type Estimate = Interval & { value: number };

/** How well one class is told from the rest. Everything is in [0, 1]; higher is better but for `brier` and `calibrationError`. */
export interface ClassReport {
  name: string;
  rows: number;
  /** NaN where it was never predicted. */
  precision: Estimate;
  /** NaN where no row is of the class. */
  recall: Estimate;
  f1: Estimate;
  /** Area under the curve of precision and recall. */
  averagePrecision: Estimate;
  /** Mean squared distance of probability and truth. */
  brier: Estimate;
  calibrationError: Estimate;
  roc: Point[];
  precisionRecall: Point[];
  calibration: CalibrationBin[];
}

interface Rows {
  isPositive: boolean[];
  isPredicted: boolean[];
  probabilities: number[];
}

/**
 * Of two classes the second one, of more each against the rest. 95 % intervals: of shares Wilson's, which also holds where a class has a
 * handful of rows and all of them are right; else the bootstrap's.
 */
export function classReports({ actual, predictions, probabilities, classes }: Scored, seed: number): ClassReport[] {
  return classes.slice(classes.length === 2 ? 1 : 0).map((label) => {
    const column = classes.indexOf(label);
    const rows: Rows = {
      isPositive: actual.map((one) => one === label),
      isPredicted: predictions.map((one) => one === label),
      probabilities: probabilities.map((row) => row[column] ?? Number.NaN),
    };
    const figures = figuresOf(rows);
    const intervalOf = bootstrapIntervals(actual.length, (drawn) => figuresOf(resampled(rows, drawn)), seededRandom(seed));
    const positives = rows.isPositive.filter(Boolean).length;
    const predicted = rows.isPredicted.filter(Boolean).length;
    const found = rows.isPositive.filter((positive, row) => positive && rows.isPredicted[row]).length;
    const error = intervalOf("calibrationError", figures.calibrationError);
    return {
      name: String(label),
      rows: positives,
      precision: share(found, predicted),
      recall: share(found, positives),
      f1: f1(found, positives, predicted),
      averagePrecision: { value: figures.averagePrecision, ...intervalOf("averagePrecision") },
      brier: { value: figures.brier, ...intervalOf("brier") },
      calibrationError: { value: figures.calibrationError, low: Math.max(0, error.low), high: error.high },
      roc: rocCurve(rows.isPositive, rows.probabilities),
      precisionRecall: precisionRecallCurve(rows.isPositive, rows.probabilities),
      calibration: calibration(rows.isPositive, rows.probabilities),
    };
  });
}

function figuresOf({ isPositive, probabilities }: Pick<Rows, "isPositive" | "probabilities">) {
  return {
    averagePrecision: averagePrecision(isPositive, probabilities),
    brier: brier(isPositive, probabilities),
    calibrationError: calibrationError(isPositive, probabilities),
  };
}

function share(of: number, among: number): Estimate {
  const interval = among === 0 ? { low: Number.NaN, high: Number.NaN } : wilsonInterval(of, among);
  return { value: of / among, ...interval };
}

/**
 * Harmonic mean of precision and recall; 0 where nothing was found, NaN where there was nothing to find. It has its interval by the share of
 * the rows of either kind that are of both: it grows with that share, and with nothing else.
 */
function f1(found: number, positives: number, predicted: number): Estimate {
  const { value, low, high } = share(found, positives + predicted - found);
  const ofShare = (jaccard: number) => (2 * jaccard) / (1 + jaccard);
  return { value: ofShare(value), low: ofShare(low), high: ofShare(high) };
}

/** @see Brier (1950), Verification of forecasts expressed in terms of probability; of one class */
function brier(isPositive: boolean[], probabilities: number[]): number {
  return mean(probabilities.map((probability, row) => (probability - (isPositive[row] ? 1 : 0)) ** 2));
}

function resampled(rows: Rows, drawn: number[]): Pick<Rows, "isPositive" | "probabilities"> {
  return {
    isPositive: drawn.map((row) => rows.isPositive[row] === true),
    probabilities: drawn.map((row) => rows.probabilities[row] ?? Number.NaN),
  };
}
