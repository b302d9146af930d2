import { describe, expect, test } from "vitest";
import type { FeatureTable } from "../features/feature-table.ts";
import { slicesOf } from "./slices.ts";

function table(columns: Record<string, (number | string | null)[]>, classes: number[] = [0, 1]): FeatureTable {
  const count = Object.values(columns)[0]?.length ?? 0;
  return {
    features: Object.entries(columns).map(([name, values]) => ({
      name,
      type: values.some((value) => typeof value === "string") ? "string" : "double",
    })),
    columns: new Map(Object.entries(columns)),
    keys: Array.from({ length: count }, (_, row) => [String(row)]),
    labels: Array.from({ length: count }, () => 0),
    classes,
  };
}

const rows = (count: number, of: (row: number) => number | string | null) => Array.from({ length: count }, (_, row) => of(row));

describe("of classes", () => {
  const site = rows(60, (row) => (row < 30 ? "east" : row < 55 ? "west" : "rare"));
  const right = rows(60, (row) => (row < 30 ? 1 : row % 2)).map(Number);

  test("each value with rows enough is a slice, with its share of right answers and the interval of that", () => {
    const { slices } = slicesOf(table({ site }), right);
    expect(slices.map(({ value, rows }) => [value, rows])).toEqual([
      ["east", 30],
      ["west", 25],
    ]);
    expect(slices[0]).toMatchObject({ column: "site", measured: 1, interval: { high: 1 } });
  });

  test("the worst is the one that is worst even at its interval's better end", () => {
    expect(slicesOf(table({ site }), right).worst).toMatchObject({ column: "site", value: "west" });
  });

  test("missing values are a slice of their own; a column with one slice says nothing", () => {
    const mass = rows(60, (row) => (row < 20 ? null : 5));
    expect(slicesOf(table({ mass }), right).slices.map(({ value }) => value)).toEqual(["missing", "5 to 5"]);
    expect(slicesOf(table({ constant: rows(60, () => "a") }), right)).toEqual({ slices: [] });
  });
});

test("of a regression numbers are sliced by quarters, and the largest error is the worst", () => {
  const size = rows(80, (row) => row);
  const { slices, worst } = slicesOf(table({ size }, []), rows(80, (row) => (row < 60 ? (row % 3) + 1 : 50 + (row % 3))).map(Number));
  expect(slices).toHaveLength(4);
  expect(worst).toMatchObject({ column: "size", value: "over 59.25 to 79", rows: 20 });
});
