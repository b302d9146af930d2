import { quantile } from "simple-statistics";
import type { FeatureTable } from "../features/feature-table.ts";

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
  const inputs = train.features.map(({ name, type }) => [name, distribution(train.columns.get(name) ?? [], type)]);
  const isRegression = train.classes.length === 0;
  return {
    rows: train.keys.length,
    inputs: Object.fromEntries(inputs),
    predictions: isRegression ? distribution(predictions, "double") : distribution(predictions.map(String), "string"),
  };
}

type Values = readonly (number | string | null)[];

function distribution(values: Values, type: "double" | "string"): Distribution {
  return type === "double" ? ofNumbers(values) : ofTexts(values);
}

/** Bins of as many rows each, as far as equal values allow. */
function ofNumbers(values: Values): Distribution {
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value)).map(Number);
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

function ofTexts(values: Values): Distribution {
  const all = new Map<string, number>();
  for (const value of values) if (value !== null) all.set(String(value), (all.get(String(value)) ?? 0) + 1);
  // Of equals the first by name: the same rows give the same reference.
  const ranked = [...all].sort(([one, times], [other, otherTimes]) => otherTimes - times || (one < other ? -1 : 1));
  const others = ranked.slice(mostValues).reduce((sum, [, times]) => sum + times, 0);
  const missing = values.filter((value) => value === null).length;
  return { type: "string", missing, counts: Object.fromEntries(ranked.slice(0, mostValues)), others };
}
