import { describe, expect, test } from "vitest";
import { classified, measured } from "../testing/examples.ts";
import type { Examples } from "./candidate.ts";
import { inputMatrix } from "./input-matrix.ts";
import { linearRegression } from "./linear-regression.ts";

const points = [
  [1, 2, 0],
  [2, 1, 0],
  [3, 5, 1],
  [4, 3, 0],
  [5, 8, 1],
  [6, 6, 1],
  [7, 1, 0],
  [8, 9, 1],
];
const values = [101.5, 102, 107.25, 103, 109, 112.5, 104, 115];

/** What was fitted, for inputs as they come. */
async function fit(examples: Examples, settings: Parameters<typeof linearRegression>[1]) {
  const { estimator, predict } = await linearRegression("linear", settings).fit(examples, 0);
  if (estimator.type !== "linear") throw new Error(`a ${estimator.type} estimator`);
  return { ...estimator, predict };
}

describe("the fit is scikit-learn's", () => {
  // scikit-learn 1.7, inputs by StandardScaler, target at mean 0 and deviation 1, coefficients put back on their own scales: Ridge(alpha)
  // and Lasso(alpha, tol=1e-15)
  test.each([
    ["l2" as const, 1e-6, [0.7785784270117102, 0.45377754407604665, 4.373010492951023], 99.10586507663909],
    ["l2" as const, 1, [0.7077159205707172, 0.5250013976703763, 3.680720729856968], 99.45928687769539],
    ["l2" as const, 100, [0.10242297003367422, 0.09830999213061217, 0.5623353037960693], 105.609072767379],
    ["l1" as const, 0.01, [0.764261708213648, 0.4536768834290958, 4.3077855291681875], 99.20334318345219],
    ["l1" as const, 0.3, [0.34907391042537084, 0.45076375933400714, 2.416219950592797], 102.03021598070315],
  ])("%s, alpha = %d", async (penalty, alpha, weights, bias) => {
    const { weights: fitted, bias: intercept } = await fit(measured(points, values), { alpha, penalty });
    expect(fitted).toEqual([weights.map((weight) => expect.closeTo(weight, 6))]);
    expect(intercept).toEqual([expect.closeTo(bias, 6)]);
  });
});

test("a strong L1 penalty leaves the mean", async () => {
  const { weights, predict } = await fit(measured(points, values), { alpha: 10, penalty: "l1" });
  expect(weights).toEqual([[0, 0, 0]]);
  expect(predict(inputMatrix([[3, 4, 1]]))).toEqual([[expect.closeTo(values.reduce((sum, value) => sum + value, 0) / 8, 12)]]);
});

test("columns that say the same share the weight", async () => {
  const doubled = points.map((row) => [...row, ...row]);
  const { weights } = await fit(measured(doubled, values), { alpha: 0.5 });
  const [first = []] = weights;
  expect(first.slice(0, 3)).toEqual(first.slice(3).map((weight) => expect.closeTo(weight, 8)));
});

test("hundreds of columns are fitted as exactly as a few", async () => {
  const copies = 400;
  const wide = points.map((row) => row.flatMap((value) => new Array<number>(copies).fill(value)));
  const { weights } = await fit(measured(wide, values), { alpha: copies });
  const { weights: few } = await fit(measured(points, values), { alpha: 1 });
  const each = weights[0]?.filter((_, column) => column % copies === 0).map((weight) => weight * copies);
  expect(each).toEqual(few[0]?.map((weight) => expect.closeTo(weight, 6)));
});

test("classes as target are refused", async () => {
  await expect(
    fit(
      classified(
        points,
        values.map((value) => Number(value > 105)),
      ),
      { alpha: 1 },
    ),
  ).rejects.toMatchObject({ code: "train.candidate-failed", message: expect.stringContaining("2 classes") });
});
