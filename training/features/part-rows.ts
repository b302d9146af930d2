import { canonicalJson } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { monthNumber } from "../datasets/day-format.ts";
import { type FeatureTable, keyOf } from "./feature-table.ts";
import { inChanceOrder, stratifiedSplit } from "./split.ts";

type Split = Workload["split"];
type Given = Extract<Split, { type: "given" }>;
type Share = Exclude<Split, Given>;
type Rows = Pick<FeatureTable, "keys" | "labels" | "classes">;

/** Row indices, ascending; together they are every row once. */
export interface Parts {
  train: number[];
  test: number[];
}

/** Columns of `records` that decide where a row goes, beside its key and its class. */
export function splitColumns(split: Split): string[] {
  if (split.type === "time") return split.columns;
  return "column" in split ? [split.column] : [];
}

/**
 * Parts the rows as the workload declares.
 *
 * @param values of each row: those of the {@link splitColumns}
 * @throws FalconryError `train.too-few-rows` where all rows are of one group or one time, or would be in one part
 */
export function partRows(rows: Rows, split: Split, values: unknown[][]): Parts {
  switch (split.type) {
    case "stratified":
      return stratifiedSplit(rows, split.testShare, split.seed);
    case "random":
      return byChance(
        rows.labels.map((_, row) => canonicalJson(keyOf(rows, row))),
        split,
      );
    case "group":
      return byChance(
        values.map((row) => canonicalJson(row.map(String))),
        split,
      );
    case "time":
      return byTime(values, split);
    case "given":
      return byValue(
        values.map((row) => String(row[0])),
        split,
      );
  }
}

/** Units of rows, in an order that the seed decides, until the test part has its share. */
function byChance(units: string[], { testShare, seed, type }: Share): Parts {
  const sizes = new Map<string, number>();
  for (const unit of units) sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  const wanted = Math.round(units.length * testShare);
  const tested = new Set<string>();
  let taken = 0;
  for (const unit of inChanceOrder([...sizes.keys()], "split", seed)) {
    if (taken >= wanted) break;
    tested.add(unit);
    taken += sizes.get(unit) ?? 0;
  }
  return checked(
    units.map((unit) => tested.has(unit)),
    `they are of ${sizes.size} ${type === "group" ? "groups" : "keys"}`,
  );
}

/** Rows of one moment stay together, in the test part. */
function byTime(values: unknown[][], { testShare }: Share): Parts {
  const moments = values.map((row) => row.map(orderOf));
  const sorted = [...moments].sort(compare);
  const first = sorted[Math.min(sorted.length - 1, Math.round(sorted.length * (1 - testShare)))] ?? [];
  return checked(
    moments.map((moment) => compare(moment, first) >= 0),
    "most of them are of one time",
  );
}

const mostValues = 10;

function byValue(values: string[], { column, test }: Given): Parts {
  const tested = new Set(test.map(String));
  const held = [...new Set(values)].sort();
  const listed = [...held.slice(0, mostValues), ...(held.length > mostValues ? ["…"] : [])].join(", ");
  return checked(
    values.map((value) => tested.has(value)),
    `"${column}" is ${listed}, and the test part is ${test.join(", ")}`,
  );
}

/** A month's name by its place in the year; days and moments as text order as they follow each other. */
function orderOf(value: unknown): number | string {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  const text = value instanceof Date ? value.toISOString() : String(value);
  const month = monthNumber(text);
  return Number.isNaN(month) ? text : month;
}

function compare(one: (number | string)[], other: (number | string)[]): number {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? value;
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}

function checked(isTest: boolean[], because: string): Parts {
  const rows = isTest.map((_, row) => row);
  const parts = { train: rows.filter((row) => !isTest[row]), test: rows.filter((row) => isTest[row]) };
  if (parts.train.length > 0 && parts.test.length > 0) return parts;
  throw new FalconryError("train.too-few-rows", {
    message: `${rows.length} rows cannot be parted into some to fit on and some to test on: ${because}`,
    hint: "Ingest more records, or declare another split",
  });
}
