/** What one setting may be in a search. Bounds belong to it. */
export type SearchDimension =
  | { type: "number"; low: number; high: number; scale: "linear" | "log" }
  | { type: "integer"; low: number; high: number; scale: "linear" | "log" }
  | { type: "choice"; values: readonly (number | string | readonly number[])[] };

/** By the name of the setting, as the workload declares it. */
export type SearchSpace = Readonly<Record<string, SearchDimension>>;
