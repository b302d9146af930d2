import { expect, test } from "vitest";
import type { FeatureTable } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { type InputMatrix, inRows } from "./input-matrix.ts";
import { fitPreprocessing, preprocess } from "./preprocessing.ts";

function launches(mass: (number | null)[], orbit: (string | null)[]): FeatureTable {
  return tableOf(
    { mass: numbers(mass), orbit },
    mass.map(() => 0),
  );
}

function rowsOf({ values, columns }: InputMatrix): number[][] {
  return inRows(values, columns);
}

test("a missing number becomes the mean, and what comes out has mean 0 and deviation 1", () => {
  const table = launches([1, null, 3], [null, null, null]);
  const fitted = fitPreprocessing(table);
  expect(fitted[0]).toEqual({ name: "mass", type: "double", impute: 2, mean: 2, scale: Math.fround(Math.sqrt(2 / 3)) });
  const [low, middle, high] = rowsOf(preprocess(table, fitted)).map(([mass]) => mass);
  expect([low, middle, high]).toEqual([expect.closeTo(-Math.sqrt(1.5), 6), 0, expect.closeTo(Math.sqrt(1.5), 6)]);
});

test("a text becomes one input per value of the rows it was fitted on; an unseen or missing one is 0 in all", () => {
  const fitted = fitPreprocessing(launches([0, 0, 0, 0], ["LEO", "GTO", "LEO", ""]));
  expect(fitted[1]).toEqual({ name: "orbit", type: "string", categories: ["GTO", "LEO"] });
  expect(rowsOf(preprocess(launches([0, 0, 0], ["LEO", "HEO", null]), fitted))).toEqual([
    [0, 0, 1],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("of thousands of texts the hundred most frequent ones become inputs; as numbers all of them stay", () => {
  const routes = Array.from({ length: 2000 }, (_, row) => `route ${row % 10 < 5 ? row % 100 : row}`);
  const table = launches(
    routes.map(() => 0),
    routes,
  );
  const [, oneHot] = fitPreprocessing(table);
  const [, numbered] = fitPreprocessing(table, "raw");
  expect(oneHot?.type === "string" && oneHot.categories).toHaveLength(100);
  expect(oneHot).toMatchObject({ categories: expect.arrayContaining(["route 0", "route 1", "route 94"]) });
  expect(numbered?.type === "string" && numbered.categories).toHaveLength(new Set(routes).size);
});

test("a column that is constant or wholly missing stays finite", () => {
  for (const column of [
    [5, 5],
    [null, null],
  ]) {
    const table = launches(column, ["LEO", "LEO"]);
    expect(rowsOf(preprocess(table, fitPreprocessing(table)))).toEqual([
      [0, 1],
      [0, 1],
    ]);
  }
});
