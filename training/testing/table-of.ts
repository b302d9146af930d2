import type { ColumnValues, FeatureTable } from "../features/feature-table.ts";

/** A table for tests and benchmarks. The key of a row is its number. */
export function tableOf(columns: Record<string, ColumnValues>, labels: number[], classes: (number | string)[] = [0, 1]): FeatureTable {
  return {
    features: Object.entries(columns).map(([name, values]) => ({ name, type: values instanceof Float64Array ? "double" : "string" })),
    columns: new Map(Object.entries(columns)),
    keys: [labels.map((_, row) => String(row))],
    labels,
    classes,
  };
}

/** A column of numbers, some of them missing. */
export function numbers(values: Iterable<number | null>): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}
