/** Features and target of some rows, in memory. Rows are in the order of their key unless they were selected otherwise. */
export interface FeatureTable {
  features: Feature[];
  /** Values of each feature, one per row; null where missing. */
  columns: Map<string, (number | string | null)[]>;
  /** Key of each row: the values of the key's columns, as text. */
  keys: string[][];
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

/** The same table with these rows only, in the order given. */
export function selectRows(table: FeatureTable, rows: number[]): FeatureTable {
  const pick = <T>(values: T[]): T[] => {
    const picked: T[] = [];
    for (const row of rows) {
      const value = values[row];
      if (value !== undefined) picked.push(value);
    }
    return picked;
  };
  return {
    ...table,
    columns: new Map([...table.columns].map(([name, values]) => [name, pick(values)])),
    keys: pick(table.keys),
    labels: pick(table.labels),
    ...(table.groups && { groups: pick(table.groups) }),
  };
}

/** The same table but for these rows, in its order. */
export function withoutRows(table: FeatureTable, rows: number[]): FeatureTable {
  const left = new Set(rows);
  return selectRows(
    table,
    [...table.keys.keys()].filter((row) => !left.has(row)),
  );
}
