/** A value of a declared column: number, integer as number, boolean, string, date as YYYY-MM-DD; null where missing. */
export type Value = number | boolean | string | null;

/** Why a record cannot be used. */
export interface Problem {
  /** Null where the whole record is at fault. */
  column: string | null;
  /** As it stood in the file. */
  value: unknown;
  reason: string;
}

/** What a workload's own reader found: the values by column, not yet checked, or why there are none. */
export type RawRecord = { values: Record<string, unknown> } | { problem: Problem };

/** The same with the values in the order of the declared columns, undefined where the record has none. */
export type ReadRecord = { values: unknown[] } | { problem: Problem };

/** Takes one record after the other, in the order of the file. */
export type TakeRecord = (record: ReadRecord) => void;
