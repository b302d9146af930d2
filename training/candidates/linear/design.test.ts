import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { inputMatrix } from "../input-matrix.ts";
import { Design } from "./design.ts";

/** Some columns are 0 in most rows, others in few, in all or in none, and some lie far from 0. */
const kinds = [
  [0, 0, 0, 0, 0, 0, 1, 2.5],
  [0, 0, 1, 2.5],
  [1, 2.5],
  [1, 2.5, -7],
  [1e6, 1e6 + 1],
];
const tables = fc
  .array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 })
  .chain((columns) => fc.array(fc.tuple(...columns.map((kind) => fc.constantFrom(...kind))), { minLength: 1, maxLength: 40 }));

/** The same by the book: mean 0, deviation 1, a column of ones before the others. */
function standardised(rows: number[][]): number[][] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));
  const scaled = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return values.map((value) => (value - mean) / (deviation > 1e-12 ? deviation : 1));
  });
  return [rows.map(() => 1), ...scaled];
}

const product = (one: number[], other: number[]) => one.reduce((sum, value, row) => sum + value * (other[row] ?? 0), 0);
const near = (values: number[]) => values.map((value) => expect.closeTo(value, 9));

test.prop([tables, fc.integer({ min: 1, max: 3 })])("whatever is 0, everything is as if each column were written out", (rows, step) => {
  const { design } = Design.standardised(inputMatrix(rows));
  const columns = standardised(rows);
  const coefficients = columns.map((_, place) => 1 - 0.3 * place);
  const perRow = rows.map((_, row) => 0.5 + (row % 4));
  expect(design.columns.map((column) => [...column])).toEqual(columns.map(near));
  expect([...design.sums(Float64Array.from(coefficients))]).toEqual(
    near(rows.map((_, row) => columns.reduce((sum, column, place) => sum + (column[row] ?? 0) * (coefficients[place] ?? 0), 0))),
  );
  expect([...design.products(Float64Array.from(perRow))]).toEqual(near(columns.map((column) => product(column, perRow))));
  const gram = columns.flatMap((one, i) =>
    columns.map(
      (other, j) =>
        product(
          one.map((value, row) => value * (perRow[row] ?? 0)),
          other,
        ) + (i === j && i > 0 ? 2 : 0),
    ),
  );
  expect([...design.gram(2, Float64Array.from(perRow))]).toEqual(near(gram));
  const some = design.everyNth(step).columns;
  expect(some.map((column) => [...column])).toEqual(columns.map((column) => near(column.filter((_, row) => row % step === 0))));
});
