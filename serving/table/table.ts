/** Rows to predict, column by column. */
export interface Table {
  rows: number;
  /** One value per row; `undefined` where a record does not hold the column. */
  columns: ReadonlyMap<string, readonly unknown[]>;
  /** Whether values have types of their own (JSON), or are all text in which "" is a missing value (CSV). */
  typed: boolean;
}

/** Rows `from` (counted from 0) up to, not including, `to`. */
export function sliceTable(table: Table, from: number, to: number): Table {
  const end = Math.min(to, table.rows);
  const columns = new Map([...table.columns].map(([name, values]) => [name, values.slice(from, end)]));
  return { rows: end - from, columns, typed: table.typed };
}

/** A value as it appears in an error: short whatever a stranger sent. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value);
}

const longestShown = 60;
