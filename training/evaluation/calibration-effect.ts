import { bootstrapInterval, type Interval } from "@falconry/model/intervals.ts";
import { brierScore, logLoss } from "@falconry/model/metrics.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { mean } from "simple-statistics";
import type { Scored } from "./measure.ts";

type Estimate = Interval & { value: number };

/** A measure of the same rows' probabilities, lower is better, with its 95 % intervals. */
interface BeforeAndAfter {
  before: Estimate;
  after: Estimate;
  /** After minus before, row by row: what is hard is hard for both, so that its interval says more than the two. */
  difference: Estimate;
}

/** What a calibration changed on rows that neither it nor the model had seen. */
export interface CalibrationEffect {
  logLoss: BeforeAndAfter;
  /** Of two classes in [0, 1], of more in [0, 2]. */
  brier: BeforeAndAfter;
}

/** @param seed of the bootstrap */
export function calibrationEffect(before: Scored, after: Scored, seed: number): CalibrationEffect {
  const compare = (measure: typeof logLoss): BeforeAndAfter => {
    const [one, other] = [before, after].map((rows) => ofEachRow(measure, rows));
    const estimate = (values: number[] = []): Estimate => ({
      value: mean(values),
      ...bootstrapInterval(values.length, (drawn) => mean(drawn.map((row) => values[row] ?? Number.NaN)), seededRandom(seed)),
    });
    return {
      before: estimate(one),
      after: estimate(other),
      difference: estimate(other?.map((value, row) => value - (one?.[row] ?? Number.NaN))),
    };
  };
  return { logLoss: compare(logLoss), brier: compare(brierScore) };
}

function ofEachRow(measure: typeof logLoss, { actual, probabilities, classes }: Scored): number[] {
  return actual.map((label, row) => measure([label], probabilities.slice(row, row + 1), classes));
}
