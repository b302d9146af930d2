import { quantile } from "simple-statistics";
import type { ColumnValues, FeatureTable } from "../features/feature-table.ts";

/** How the values of one input, or of the predictions, were distributed when the model was made. */
export type Distribution =
  | {
      type: "double";
      missing: number;
      /** Borders between the bins, ascending: bin i holds what is over edge i - 1 and at most edge i. */
      edges: number[];
      /** One more than the edges. */
      counts: number[];
    }
  | {
      type: "string";
      missing: number;
      /** The most frequent values. */
      counts: Record<string, number>;
      /** Rows with any other value. */
      others: number;
    };

/** What later inputs and predictions are held against, to notice that the world has moved on. */
export interface TrainingReference {
  rows: number;
  /** Of the training rows. */
  inputs: Record<string, Distribution>;
  /** Of the test rows, which the model had not seen. */
  predictions: Distribution;
}

const bins = 10;
const mostValues = 50;

export function trainingReference(train: FeatureTable, predictions: readonly (number | string)[]): TrainingReference {
  const inputs = [...train.columns].map(([name, values]) => [name, distribution(values)]);
  const isRegression = train.classes.length === 0;
  return {
    rows: train.labels.length,
    inputs: Object.fromEntries(inputs),
    predictions: distribution(isRegression ? Float64Array.from(predictions, Number) : predictions.map(String)),
  };
}

function distribution(values: ColumnValues): Distribution {
  return values instanceof Float64Array ? ofNumbers(values) : ofTexts(values);
}

/** Bins of as many rows each, as far as equal values allow. */
function ofNumbers(values: Float64Array): Distribution {
  const numbers = [...values].filter((value) => Number.isFinite(value));
  const shares = Array.from({ length: bins - 1 }, (_, at) => (at + 1) / bins);
  const edges = numbers.length === 0 ? [] : [...new Set(shares.map((share) => quantile(numbers, share)))];
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const number of numbers) {
    const bin = edges.findIndex((edge) => number <= edge);
    const at = bin < 0 ? edges.length : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { type: "double", missing: values.length - numbers.length, edges, counts };
}

function ofTexts(values: (string | null)[]): Distribution {
  const all = new Map<string, number>();
  for (const value of values) if (value !== null) all.set(value, (all.get(value) ?? 0) + 1);
  // Of equals the first by name: the same rows give the same reference.
  const ranked = [...all].sort(([one, times], [other, otherTimes]) => otherTimes - times || (one < other ? -1 : 1));
  const others = ranked.slice(mostValues).reduce((sum, [, times]) => sum + times, 0);
  const missing = values.filter((value) => value === null).length;
  return { type: "string", missing, counts: Object.fromEntries(ranked.slice(0, mostValues)), others };
}
