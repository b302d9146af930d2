import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { logisticRegression } from "./logistic-regression.ts";

const inputs = [
  [1, 2, 0],
  [2, 1, 0],
  [3, 5, 1],
  [4, 3, 0],
  [5, 8, 1],
  [6, 6, 1],
  [7, 1, 0],
  [8, 9, 1],
];
const labels = [0, 0, 1, 0, 1, 0, 1, 1];

describe("the fit is scikit-learn's", () => {
  // scikit-learn 1.7, StandardScaler and LogisticRegression(C, solver="newton-cholesky", tol=1e-12), coefficients put back on the inputs' own scale
  test.each([
    [0.1, [0.07066838718941479, 0.04233883690695467, 0.27436910402764897], -0.6400432714517265],
    [1, [0.26850061495755156, 0.08645802757053765, 0.8260213963558741], -1.999556372274769],
    [100, [0.5331983837952892, -0.14364639263200749, 2.3585527020253276], -3.0415328936045305],
  ])("C = %d", async (C, weights, bias) => {
    const { estimator } = await logisticRegression("lr", { C }).fit({ inputs, labels, classes: 2 }, 0);
    if (estimator.type !== "linear") throw new Error(`a ${estimator.type} estimator`);
    for (const [index, weight] of weights.entries()) expect(estimator.weights[0]?.[index]).toBeCloseTo(weight, 8);
    expect(estimator.bias[0]).toBeCloseTo(bias, 8);
  });
});

test("probabilities are those of the classes, and add up to 1", async () => {
  const { predictProbabilities } = await logisticRegression("lr", { C: 1 }).fit({ inputs, labels, classes: 2 }, 0);
  const probabilities = predictProbabilities(inputs);
  // scikit-learn's predict_proba of the fit above
  expect(probabilities[0]?.[1]).toBeCloseTo(0.17391374972920584, 8);
  expect(probabilities[7]?.[1]).toBeCloseTo(0.8522794549232724, 8);
  for (const [no = 0, yes = 0] of probabilities) expect(no + yes).toBeCloseTo(1, 12);
});

test("classes that a plane parts have a finite fit", async () => {
  const { estimator } = await logisticRegression("lr", { C: 1e6 }).fit(
    { inputs: [[0], [1], [2], [3]], labels: [0, 0, 1, 1], classes: 2 },
    0,
  );
  expect(estimator).toMatchObject({ weights: [[expect.any(Number)]] });
});

test("a column that says nothing gets no weight", async () => {
  const constant = inputs.map((row) => [...row, 7]);
  const { estimator } = await logisticRegression("lr", { C: 1 }).fit({ inputs: constant, labels, classes: 2 }, 0);
  expect(estimator).toMatchObject({ weights: [[expect.any(Number), expect.any(Number), expect.any(Number), 0]] });
});

test("more than two classes are refused", async () => {
  await expect(logisticRegression("lr", { C: 1 }).fit({ inputs, labels, classes: 3 }, 0)).rejects.toMatchObject({
    code: "train.candidate-failed",
  });
});

const examples = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.boolean()), { minLength: 2, maxLength: 40 })
  .filter((rows) => new Set(rows.map(([, , yes]) => yes)).size === 2);

test.prop([examples, fc.double({ min: 0.01, max: 100, noNaN: true })])(
  "at the minimum the mean prediction is the share of the second class",
  async (rows, C) => {
    // the intercept's derivative vanishes, because nothing penalises it
    const points = rows.map(([x, y]) => [x, y]);
    const { predictProbabilities } = await logisticRegression("lr", { C }).fit(
      { inputs: points, labels: rows.map(([, , yes]) => Number(yes)), classes: 2 },
      0,
    );
    const predicted = predictProbabilities(points).reduce((sum, [, yes = 0]) => sum + yes, 0);
    expect(predicted).toBeCloseTo(rows.filter(([, , yes]) => yes).length, 5);
  },
);
