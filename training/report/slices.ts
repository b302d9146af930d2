import { type Interval, wilsonInterval, z } from "@falconry/model/intervals.ts";
import { mean, quantile, sampleStandardDeviation } from "simple-statistics";
import type { FeatureTable } from "../features/feature-table.ts";

/** Rows that have something in common. */
export interface Slice {
  column: string;
  /** A text's value, a number's range, or "missing". */
  value: string;
  rows: number;
  /** Share of rows predicted right; of a regression the mean absolute error, in the target's unit. */
  measured: number;
  interval: Interval;
}

export interface Sliced {
  /** By column, in the order of the features. */
  slices: Slice[];
  /** The one whose interval's better end is the worst of all; absent where no column has two slices of enough rows. */
  worst?: Slice;
}

/** Where a run keeps its {@link Sliced}. */
export const slicesPath = "evaluation/slices.json";

/** Of fewer rows nothing can be said. */
const fewestRows = 10;
const mostValues = 20;
const missing = "missing";

/**
 * How well a model does on the rows of each value of each feature; of a number on its quarters.
 *
 * @param results of each row: of classes 1 where it was predicted right and 0 where not, of a regression the absolute error
 */
export function slicesOf(rows: FeatureTable, results: readonly number[]): Sliced {
  const isRegression = rows.classes.length === 0;
  const slices = [...rows.columns].flatMap(([name, values]) => {
    const groups = values instanceof Float64Array ? byQuarter(values) : byValue(values);
    const large = [...groups].filter(([, members]) => members.length >= fewestRows);
    if (large.length < 2 || large.length > mostValues) return [];
    return large.map(([value, members]): Slice => {
      const of = members.map((row) => results[row] ?? Number.NaN);
      return { column: name, value, rows: of.length, measured: mean(of), interval: isRegression ? meanInterval(of) : shareInterval(of) };
    });
  });
  const best = ({ interval }: Slice) => (isRegression ? -interval.low : interval.high);
  const worst = slices.reduce<Slice | undefined>(
    (found, slice) => (found !== undefined && best(found) <= best(slice) ? found : slice),
    undefined,
  );
  return { slices, ...(worst && { worst }) };
}

function byValue(texts: (string | null)[]): Map<string, number[]> {
  return Map.groupBy(texts.keys(), (row) => texts[row] ?? missing);
}

function byQuarter(values: Float64Array): Map<string, number[]> {
  const numbers = [...values].filter((value) => Number.isFinite(value));
  if (numbers.length === 0) return new Map();
  const [low, ...edges] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(numbers, share));
  const ends = [...new Set(edges)];
  return Map.groupBy(values.keys(), (row) => {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) return missing;
    const at = ends.findIndex((end) => value <= end);
    const from = at <= 0 ? low : ends[at - 1];
    return `${at <= 0 ? "" : "over "}${shown(from)} to ${shown(ends[at])}`;
  });
}

function shareInterval(results: readonly number[]): Interval {
  return wilsonInterval(results.filter((result) => result === 1).length, results.length);
}

/** By the normal distribution: a slice has ten rows or more. */
function meanInterval(results: number[]): Interval {
  const spread = (z * sampleStandardDeviation(results)) / Math.sqrt(results.length);
  return { low: Math.max(0, mean(results) - spread), high: mean(results) + spread };
}

function shown(value: number | undefined): string {
  return value === undefined ? "?" : String(Number(value.toPrecision(4)));
}
