import type { Column, Workload } from "@falconry/model/workload.ts";
import { dayFormat, type ReadDay } from "./day-format.ts";
import type { Problem, Value } from "./record.ts";

/** A record that keeps to the declaration, values in the order of the declared columns; or the first problem that it has. */
export type Checked = { values: Value[] } | { problem: Problem };

type Result = { value: Value } | { reason: string };
type Reader = (given: unknown) => Result;

/** Holds raw records against the declared columns. A column that a record lacks is missing. */
export function recordValidator(workload: Pick<Workload, "columns" | "key"> & Partial<Pick<Workload, "source">>) {
  const missing = new Set<unknown>([undefined, null, "", ...(workload.source?.missing ?? [])]);
  const decimalComma = workload.source?.decimalComma ?? false;
  const columns = Object.entries(workload.columns).map(([name, column]) => ({
    name,
    read: columnReader(column, decimalComma),
    whenMissing: missingValue(column, workload.key.includes(name)),
  }));
  return (raw: Record<string, unknown>): Checked => {
    const values: Value[] = [];
    for (const { name, read, whenMissing } of columns) {
      const given = raw[name];
      const result = missing.has(given) ? whenMissing : read(given);
      if ("reason" in result) return { problem: { column: name, value: given ?? null, reason: result.reason } };
      values.push(result.value);
    }
    return { values };
  };
}

function missingValue(column: Column, inKey: boolean): Result {
  if (inKey) return { reason: "it is missing, and part of the key" };
  return column.optional ? { value: null } : { reason: "it is missing" };
}

function columnReader(column: Column, decimalComma: boolean): Reader {
  const read = readerOf(column, decimalComma);
  const { range, values, unit } = column;
  if (range === undefined && values === undefined) return read;
  const { min = -Infinity, max = Infinity } = range ?? {};
  return (given) => {
    const result = read(given);
    if ("reason" in result) return result;
    const { value } = result;
    if (typeof value === "number" && (value < min || value > max)) {
      return { reason: `it is outside of ${min} to ${max}${unit ? ` ${unit}` : ""}` };
    }
    if (values && !values.includes(String(value))) return { reason: `it is none of ${values.join(", ")}` };
    return result;
  };
}

function readerOf({ type, formats = ["YYYY-MM-DD"] }: Column, decimalComma: boolean): Reader {
  switch (type) {
    case "number":
      return decimalComma ? (given) => readNumber(withPoint(given)) : readNumber;
    case "integer":
      return decimalComma ? (given) => readInteger(withPoint(given)) : readInteger;
    case "boolean":
      return readBoolean;
    case "string":
      return readText;
    case "date":
      return dayReader(formats);
    case "timestamp":
      return momentReader(formats);
  }
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(given: unknown): Result {
  const value = typeof given === "string" && decimal.test(given.trim()) ? Number(given) : given;
  return typeof value === "number" && Number.isFinite(value) ? { value } : { reason: "it is no number" };
}

function readInteger(given: unknown): Result {
  const result = readNumber(given);
  return "reason" in result || Number.isSafeInteger(result.value) ? result : { reason: "it is no whole number" };
}

const groupedDigits = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$/;

/** 1.234,5 and 1.234 with a point for the comma, and none between groups of digits. */
function withPoint(given: unknown): unknown {
  if (typeof given !== "string") return given;
  const text = given.trim();
  return (groupedDigits.test(text) ? text.replaceAll(".", "") : text).replace(",", ".");
}

function readBoolean(given: unknown): Result {
  // An object's words are its own affair: they may be none, or throw.
  const text = typeof given === "object" ? "" : String(given).trim().toLowerCase();
  if (text === "true" || text === "1") return { value: true };
  return text === "false" || text === "0" ? { value: false } : { reason: "it is neither true nor false" };
}

function readText(given: unknown): Result {
  if (typeof given !== "string") return { reason: "it is no text" };
  if (given.includes("\uFFFD") || !given.isWellFormed()) return { reason: "it is no valid UTF-8" };
  return given.includes("\0") ? { reason: "it holds a NUL character" } : { value: given };
}

function dayReader(formats: string[]): Reader {
  const readers = formats.map(readDay);
  return (given) => {
    const value = typeof given === "string" ? firstDay(readers, given.trim()) : undefined;
    return value === undefined ? { reason: `it is no day written as ${formats.join(" or ")}` } : { value };
  };
}

const clock = /^(.+?)(?:[T ]+)(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?$/;

function momentReader(formats: string[]): Reader {
  const readers = formats.map(readDay);
  return (given) => {
    const text = typeof given === "string" ? given.trim() : "";
    const [, days = text, time = "00:00", offset = "Z"] = clock.exec(text) ?? [];
    const day = firstDay(readers, days);
    const moment = day === undefined ? undefined : momentOf(day, time, offset);
    return moment === undefined ? { reason: `it is no day and time written as ${formats.join(" or ")} and HH:MM:SS` } : { value: moment };
  };
}

function momentOf(day: string, time: string, offset: string): string | undefined {
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset; // +0100 as +01:00
  const moment = new Date(`${day}T${time.padStart(time.indexOf(":") === 1 ? time.length + 1 : 0, "0")}${zone}`);
  return Number.isNaN(moment.valueOf()) ? undefined : moment.toISOString();
}

function firstDay(readers: ReadDay[], text: string): string | undefined {
  for (const read of readers) {
    const day = read(text);
    if (day !== undefined) return day;
  }
  return undefined;
}

/** A format that names no day reads none: the declaration was refused before. */
function readDay(format: string): ReadDay {
  return dayFormat(format) ?? (() => undefined);
}
