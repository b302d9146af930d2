import { describe, expect, test } from "vitest";
import type { ColumnValues } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { slicesOf } from "./slices.ts";

const rows = <Value>(count: number, of: (row: number) => Value) => Array.from({ length: count }, (_, row) => of(row));
const table = (columns: Record<string, ColumnValues>, classes?: number[]) =>
  tableOf(
    columns,
    rows(Object.values(columns)[0]?.length ?? 0, () => 0),
    classes,
  );

describe("of classes", () => {
  const site = rows(60, (row) => (row < 30 ? "east" : row < 55 ? "west" : "rare"));
  const right = rows(60, (row) => (row < 30 ? 1 : row % 2));

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
    const mass = numbers(rows(60, (row) => (row < 20 ? null : 5)));
    expect(slicesOf(table({ mass }), right).slices.map(({ value }) => value)).toEqual(["missing", "5 to 5"]);
    expect(slicesOf(table({ constant: rows(60, () => "a") }), right)).toEqual({ slices: [] });
  });
});

test("of a regression numbers are sliced by quarters, and the largest error is the worst", () => {
  const size = numbers(rows(80, (row) => row));
  const { slices, worst } = slicesOf(
    table({ size }, []),
    rows(80, (row) => (row < 60 ? (row % 3) + 1 : 50 + (row % 3))),
  );
  expect(slices).toHaveLength(4);
  expect(worst).toMatchObject({ column: "size", value: "over 59.25 to 79", rows: 20 });
});
