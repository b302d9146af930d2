import { brierScore, logLoss } from "@falconry/model/metrics.ts";
import { type BeforeAndAfter, beforeAndAfter } from "./before-and-after.ts";
import type { Scored } from "./measure.ts";

/** What a calibration changed on rows that neither it nor the model had seen; lower is better. */
export interface CalibrationEffect {
  logLoss: BeforeAndAfter;
  /** Of two classes in [0, 1], of more in [0, 2]. */
  brier: BeforeAndAfter;
}

/** @param seed of the bootstrap */
export function calibrationEffect(before: Scored, after: Scored, seed: number): CalibrationEffect {
  const compare = (measure: typeof logLoss) => beforeAndAfter(ofEachRow(measure, before), ofEachRow(measure, after), seed);
  return { logLoss: compare(logLoss), brier: compare(brierScore) };
}

function ofEachRow(measure: typeof logLoss, { actual, probabilities, classes }: Scored): number[] {
  return actual.map((label, row) => measure([label], probabilities.slice(row, row + 1), classes));
}
