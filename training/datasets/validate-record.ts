import type { Column, Workload } from "@falconry/model/workload.ts";
import { dayFormat, type ReadDay } from "./day-format.ts";
import type { Problem, Value } from "./record.ts";
import { remembered } from "./remembered.ts";

/** A record that keeps to the declaration, values in the order of the declared columns; or the first problem that it has. */
export type Checked = { values: Value[] } | { problem: Problem };

/** Why a value cannot be used. A value itself is never an object. */
class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

type Result = Value | Refusal;
type Reader = (given: unknown) => Result;

/**
 * Holds raw records, values in the order of the declared columns, against what is declared. A column that a record lacks (undefined) is
 * missing. A file has millions of values: nothing is made for one that is as it should be.
 */
export function recordValidator(workload: Pick<Workload, "columns" | "key"> & Partial<Pick<Workload, "source">>) {
  const missing = new Set<unknown>([undefined, null, "", ...(workload.source?.missing ?? [])]);
  const decimalComma = workload.source?.decimalComma ?? false;
  const columns = Object.entries(workload.columns).map(([name, column]) => ({
    name,
    read: columnReader(column, decimalComma),
    whenMissing: missingValue(column, workload.key.includes(name)),
  }));
  return (raw: readonly unknown[]): Checked => {
    const values: Value[] = [];
    for (const { name, read, whenMissing } of columns) {
      const given = raw[values.length];
      const result = missing.has(given) ? whenMissing : read(given);
      if (result instanceof Refusal) return { problem: { column: name, value: given ?? null, reason: result.reason } };
      values.push(result);
    }
    return { values };
  };
}

function missingValue(column: Column, inKey: boolean): Result {
  if (inKey) return new Refusal("it is missing, and part of the key");
  return column.optional ? null : new Refusal("it is missing");
}

function columnReader(column: Column, decimalComma: boolean): Reader {
  const read = readerOf(column, decimalComma);
  const { range, values, unit } = column;
  if (range === undefined && values === undefined) return read;
  const { min = -Infinity, max = Infinity } = range ?? {};
  const outside = new Refusal(`it is outside of ${min} to ${max}${unit ? ` ${unit}` : ""}`);
  const other = new Refusal(`it is none of ${values?.join(", ")}`);
  return (given) => {
    const value = read(given);
    if (value instanceof Refusal) return value;
    if (typeof value === "number" && (value < min || value > max)) return outside;
    return values && !values.includes(String(value)) ? other : value;
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

const noNumber = new Refusal("it is no number");
const notWhole = new Refusal("it is no whole number");

function readNumber(given: unknown): number | Refusal {
  const value = typeof given === "string" && decimal.test(given.trim()) ? Number(given) : given;
  return typeof value === "number" && Number.isFinite(value) ? value : noNumber;
}

function readInteger(given: unknown): number | Refusal {
  const value = readNumber(given);
  return value instanceof Refusal || Number.isSafeInteger(value) ? value : notWhole;
}

const groupedDigits = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$/;

/** 1.234,5 and 1.234 with a point for the comma, and none between groups of digits. */
function withPoint(given: unknown): unknown {
  if (typeof given !== "string") return given;
  const text = given.trim();
  return (groupedDigits.test(text) ? text.replaceAll(".", "") : text).replace(",", ".");
}

const noBoolean = new Refusal("it is neither true nor false");

function readBoolean(given: unknown): Result {
  // An object's words are its own affair: they may be none, or throw.
  const text = typeof given === "object" ? "" : String(given).trim().toLowerCase();
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : noBoolean;
}

const noText = new Refusal("it is no text");
const notUtf8 = new Refusal("it is no valid UTF-8");
const holdsNul = new Refusal("it holds a NUL character");

function readText(given: unknown): Result {
  if (typeof given !== "string") return noText;
  if (given.includes("\uFFFD") || !given.isWellFormed()) return notUtf8;
  return given.includes("\0") ? holdsNul : given;
}

function dayReader(formats: string[]): Reader {
  const readers = formats.map(readDay);
  const noDay = new Refusal(`it is no day written as ${formats.join(" or ")}`);
  const read = remembered((text) => firstDay(readers, text.trim()) ?? noDay);
  return (given) => (typeof given === "string" ? read(given) : noDay);
}

const clock = /^(.+?)(?:[T ]+)(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?$/;

function momentReader(formats: string[]): Reader {
  const readers = formats.map(readDay);
  const noMoment = new Refusal(`it is no day and time written as ${formats.join(" or ")} and HH:MM:SS`);
  return (given) => {
    const text = typeof given === "string" ? given.trim() : "";
    const [, days = text, time = "00:00", offset = "Z"] = clock.exec(text) ?? [];
    const day = firstDay(readers, days);
    return (day === undefined ? undefined : momentOf(day, time, offset)) ?? noMoment;
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
