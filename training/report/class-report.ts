import { bootstrapIntervals, type Interval } from "@falconry/model/intervals.ts";
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

/** Of two classes the second one, of more each against the rest; 95 % intervals by the bootstrap. */
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
    const estimate = (figure: keyof typeof figures): Estimate => ({ value: figures[figure], ...intervalOf(figure) });
    return {
      name: String(label),
      rows: rows.isPositive.filter(Boolean).length,
      precision: estimate("precision"),
      recall: estimate("recall"),
      f1: estimate("f1"),
      averagePrecision: estimate("averagePrecision"),
      brier: estimate("brier"),
      calibrationError: estimate("calibrationError"),
      roc: rocCurve(rows.isPositive, rows.probabilities),
      precisionRecall: precisionRecallCurve(rows.isPositive, rows.probabilities),
      calibration: calibration(rows.isPositive, rows.probabilities),
    };
  });
}

function figuresOf(rows: Rows) {
  return {
    precision: precision(rows),
    recall: recall(rows),
    f1: f1(rows),
    averagePrecision: averagePrecision(rows.isPositive, rows.probabilities),
    brier: brier(rows),
    calibrationError: calibrationError(rows.isPositive, rows.probabilities),
  };
}

function precision({ isPositive, isPredicted }: Rows): number {
  return shareOf(isPredicted, isPositive);
}

function recall({ isPositive, isPredicted }: Rows): number {
  return shareOf(isPositive, isPredicted);
}

/** Harmonic mean of precision and recall; 0 where nothing was found, NaN where there was nothing to find. */
function f1({ isPositive, isPredicted }: Rows): number {
  const found = isPositive.filter((positive, row) => positive && isPredicted[row]).length;
  return (2 * found) / (isPositive.filter(Boolean).length + isPredicted.filter(Boolean).length);
}

/** @see Brier (1950), Verification of forecasts expressed in terms of probability; of one class */
function brier({ isPositive, probabilities }: Rows): number {
  return mean(probabilities.map((probability, row) => (probability - (isPositive[row] ? 1 : 0)) ** 2));
}

function shareOf(among: readonly boolean[], those: readonly boolean[]): number {
  return among.filter((one, row) => one && those[row]).length / among.filter(Boolean).length;
}

function resampled(rows: Rows, drawn: number[]): Rows {
  return {
    isPositive: drawn.map((row) => rows.isPositive[row] === true),
    isPredicted: drawn.map((row) => rows.isPredicted[row] === true),
    probabilities: drawn.map((row) => rows.probabilities[row] ?? Number.NaN),
  };
}
