/** Values of one column, one per row: numbers, NaN where missing, or texts, null where missing. */
export type ColumnValues = Float64Array | (string | null)[];

/** Features and target of some rows, in memory. Rows are in the order of their key unless they were selected otherwise. */
export interface FeatureTable {
  features: Feature[];
  /** Of each feature: numbers where its type is double, else texts. */
  columns: Map<string, ColumnValues>;
  /** The columns of the key; {@link keyOf} tells the key of a row. */
  keys: ColumnValues[];
  /** Class of each row, as an index into `classes`; of a regression the value itself. */
  labels: number[];
  /** Integers ascending, or strings in code-point order; none of a regression. */
  classes: (number | string)[];
  /** Rows with the same value stay together, in the test part and in folds. Absent where rows are on their own. */
  groups?: string[];
}

export interface Feature {
  name: string;
  type: "double" | "string";
}

/** Key of a row: the values of the key's columns, as text. */
export function keyOf({ keys }: Pick<FeatureTable, "keys">, row: number): string[] {
  return keys.map((values) => String(values[row]));
}

/** The same table with these rows only, in the order given. */
export function selectRows(table: FeatureTable, rows: number[]): FeatureTable {
  return {
    ...table,
    columns: new Map([...table.columns].map(([name, values]) => [name, pickValues(values, rows)])),
    keys: table.keys.map((values) => pickValues(values, rows)),
    labels: pick(table.labels, rows),
    ...(table.groups && { groups: pick(table.groups, rows) }),
  };
}

/** The same table but for these rows, in its order. */
export function withoutRows(table: FeatureTable, rows: number[]): FeatureTable {
  const left = new Set(rows);
  return selectRows(
    table,
    [...table.labels.keys()].filter((row) => !left.has(row)),
  );
}

/** The values of these rows, in the order given. */
export function pickValues(values: ColumnValues, rows: number[]): ColumnValues {
  return values instanceof Float64Array ? new Float64Array(pick(values, rows)) : pick(values, rows);
}

function pick<T>(values: ArrayLike<T>, rows: number[]): T[] {
  const picked: T[] = [];
  for (const row of rows) {
    const value = values[row];
    if (value !== undefined) picked.push(value);
  }
  return picked;
}
