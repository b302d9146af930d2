import type { Column, Workload } from "@falconry/model/workload.ts";
import type { Problem, Value } from "./record.ts";

/** A record that keeps to the declaration, values in the order of the declared columns; or the first problem that it has. */
export type Checked = { values: Value[] } | { problem: Problem };

/** Holds a raw record against the declared columns. A column that the record lacks is missing. */
export function validateRecord(raw: Record<string, unknown>, workload: Pick<Workload, "columns" | "key">): Checked {
  const values: Value[] = [];
  for (const [name, column] of Object.entries(workload.columns)) {
    const given = raw[name];
    const missing = given === undefined || given === null || given === "";
    const result = missing ? missingValue(name, column, workload.key) : readValue(given, column);
    if ("reason" in result) return { problem: { column: name, value: given ?? null, reason: result.reason } };
    values.push(result.value);
  }
  return { values };
}

type Result = { value: Value } | { reason: string };

function missingValue(name: string, column: Column, key: string[]): Result {
  if (key.includes(name)) return { reason: "it is missing, and part of the key" };
  return column.optional ? { value: null } : { reason: "it is missing" };
}

function readValue(given: unknown, column: Column): Result {
  const result = readers[column.type](given);
  if ("reason" in result) return result;
  const { value } = result;
  const { min = -Infinity, max = Infinity } = column.range ?? {};
  if (typeof value === "number" && (value < min || value > max)) {
    return { reason: `it is outside of ${min} to ${max}${column.unit ? ` ${column.unit}` : ""}` };
  }
  if (column.values && !column.values.includes(String(value))) return { reason: `it is none of ${column.values.join(", ")}` };
  return result;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const isoDay = /^\d{4}-\d{2}-\d{2}$/;

const readers: Record<Column["type"], (given: unknown) => Result> = {
  number: (given) => {
    const value = typeof given === "string" && decimal.test(given.trim()) ? Number(given) : given;
    return typeof value === "number" && Number.isFinite(value) ? { value } : { reason: "it is no number" };
  },
  integer: (given) => {
    const result = readers.number(given);
    return "reason" in result || Number.isSafeInteger(result.value) ? result : { reason: "it is no whole number" };
  },
  boolean: (given) => {
    // An object's words are its own affair: they may be none, or throw.
    const text = typeof given === "object" ? "" : String(given).trim().toLowerCase();
    if (text === "true" || text === "1") return { value: true };
    return text === "false" || text === "0" ? { value: false } : { reason: "it is neither true nor false" };
  },
  date: (given) => {
    const day = typeof given === "string" && isoDay.test(given) ? new Date(`${given}T00:00:00Z`) : undefined;
    // 2021-02-30 parses as a day of March
    const exists = day !== undefined && !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(String(given));
    return exists ? { value: String(given) } : { reason: "it is no day written as YYYY-MM-DD" };
  },
  string: (given) => {
    if (typeof given !== "string") return { reason: "it is no text" };
    if (given.includes("\uFFFD") || !given.isWellFormed()) return { reason: "it is no valid UTF-8" };
    return given.includes("\0") ? { reason: "it holds a NUL character" } : { value: given };
  },
};
