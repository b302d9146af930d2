import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { classified, measured } from "../testing/examples.ts";
import type { Examples } from "./candidate.ts";
import { inputMatrix } from "./input-matrix.ts";
import { logisticRegression } from "./logistic-regression.ts";

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
const twoClasses = classified(points, [0, 0, 1, 0, 1, 0, 1, 1]);
const threeClasses = classified([...points, [2, 7, 1], [9, 2, 0], [5, 5, 1], [3, 3, 0]], [0, 0, 1, 0, 1, 2, 1, 2, 2, 1, 0, 2]);

/** What was fitted, for inputs as they come. */
async function fit(examples: Examples, settings: Parameters<typeof logisticRegression>[1]) {
  const { estimator, predict } = await logisticRegression("lr", settings).fit(examples, 0);
  if (estimator.type !== "linear") throw new Error(`a ${estimator.type} estimator`);
  return { ...estimator, predict };
}

function near(values: number[], digits: number): unknown[] {
  return values.map((value) => expect.closeTo(value, digits));
}

describe("the fit is scikit-learn's", () => {
  // scikit-learn 1.7, StandardScaler and LogisticRegression(C, solver="newton-cholesky", tol=1e-12), coefficients put back on the inputs' own scale
  test.each([
    [0.1, [0.07066838718941479, 0.04233883690695467, 0.27436910402764897], -0.6400432714517265],
    [1, [0.26850061495755156, 0.08645802757053765, 0.8260213963558741], -1.999556372274769],
    [100, [0.5331983837952892, -0.14364639263200749, 2.3585527020253276], -3.0415328936045305],
  ])("two classes, C = %d", async (C, weights, bias) => {
    expect(await fit(twoClasses, { C })).toMatchObject({ weights: [near(weights, 8)], bias: near([bias], 8) });
  });

  // the same with solver="newton-cg", tol=1e-13
  test.each([
    [
      0.1,
      [
        [-0.07255124307403252, -0.054007791759427645, -0.20870613541767008],
        [0.06931549784585805, -0.016574450777669256, 0.015548480303772965],
        [0.003235745228174481, 0.0705822425370969, 0.1931576551138973],
      ],
      [0.6547178156111155, -0.23367773995127636, -0.42104007565983953],
    ],
    [
      100,
      [
        [-0.3324133063950563, -0.6306469779027917, 1.297792517926297],
        [0.3503815198197815, -0.12229699452412143, 0.8074637817848339],
        [-0.01796821342472402, 0.7529439724269107, -2.10525629971113],
      ],
      [3.3305027364413484, -1.2883265192830953, -2.04217621715825],
    ],
  ])("three classes, C = %d", async (C, weights, bias) => {
    expect(await fit(threeClasses, { C })).toMatchObject({ weights: weights.map((row) => near(row, 6)), bias: near(bias, 6) });
  });

  // LogisticRegression(C, penalty="l1", solver="saga", tol=1e-14)
  test("two classes with the L1 penalty, which leaves a column out", async () => {
    const { weights, bias } = await fit(twoClasses, { C: 10, penalty: "l1" });
    expect(weights).toEqual([near([0.46772316562134075, 0, 1.5369895186246834], 4)]);
    expect(weights[0]?.[1]).toBe(0);
    expect(bias).toEqual(near([-2.9152863554339654], 3));
  });

  test("three classes with the L1 penalty", async () => {
    const { weights } = await fit(threeClasses, { C: 1, penalty: "l1" });
    expect(weights).toEqual([
      near([-0.14406812387508913, -0.08001178549027296, 0], 4),
      near([0.15848482098132172, 0, 0], 4),
      near([0, 0.2526935814874459, 0], 4),
    ]);
  });
});

test("probabilities are those of the classes, and add up to 1", async () => {
  const { predict } = await fit(twoClasses, { C: 1 });
  const probabilities = predict(twoClasses.inputs);
  // scikit-learn's predict_proba of the fit above
  expect(probabilities[0]?.[1]).toBeCloseTo(0.17391374972920584, 8);
  expect(probabilities[7]?.[1]).toBeCloseTo(0.8522794549232724, 8);
  for (const [no = 0, yes = 0] of probabilities) expect(no + yes).toBeCloseTo(1, 12);
});

test("classes that a plane parts have a finite fit", async () => {
  const { weights } = await fit(classified([[0], [1], [2], [3]], [0, 0, 1, 1]), { C: 1e6 });
  expect(weights[0]?.every(Number.isFinite)).toBe(true);
});

test("a column that says nothing gets no weight", async () => {
  const constant = points.map((row) => [...row, 7]);
  for (const penalty of ["l1", "l2"] as const) {
    const { weights } = await fit(classified(constant, twoClasses.labels), { C: 1, penalty });
    expect(weights[0]?.[3]).toBe(0);
  }
});

test.each([1e3, 1e6, 1e9])("a column at %d is fitted as one at 0", async (far) => {
  const moved = points.map(([first = 0, ...others]) => [first + far, ...others]);
  const { weights } = await fit(classified(moved, twoClasses.labels), { C: 1 });
  const { weights: near0 } = await fit(twoClasses, { C: 1 });
  expect(weights[0]).toEqual(near(near0[0] ?? [], 8));
});

test("columns that say nothing, but for rounding, leave three classes their shares", async () => {
  const said = [Math.log(0.4), Math.log(0.4), Math.log(0.2)];
  const { predict } = await fit(
    classified(
      Array.from({ length: 5 }, () => said),
      [0, 1, 2, 1, 0],
    ),
    { C: 1 },
  );
  expect(predict(inputMatrix([said]))).toEqual([near([0.4, 0.4, 0.2], 8)]);
});

test("hundreds of columns are fitted as exactly as a few", async () => {
  // each column as many times over as to share its weight: the sum of the copies has 1/400 of the penalty
  const copies = 400;
  const wide = points.map((row) => row.flatMap((value) => new Array<number>(copies).fill(value)));
  const { weights } = await fit(classified(wide, twoClasses.labels), { C: 1 / copies });
  const { weights: few } = await fit(twoClasses, { C: 1 });
  expect(weights[0]?.filter((_, column) => column % copies === 0).map((weight) => weight * copies)).toEqual(near(few[0] ?? [], 6));
});

test("many rows, of which the search starts from some, give the minimum of all of them", async () => {
  const times = 3000;
  const many = Array.from({ length: times }, () => points).flat();
  const { weights } = await fit(classified(many, Array.from({ length: times }, () => twoClasses.labels).flat()), { C: 1 / times });
  const { weights: once } = await fit(twoClasses, { C: 1 });
  expect(weights[0]).toEqual(near(once[0] ?? [], 7));
});

test("a number as target is refused", async () => {
  await expect(fit(measured(points, [1, 2, 3, 4, 5, 6, 7, 8]), { C: 1 })).rejects.toMatchObject({ code: "train.candidate-failed" });
});

const samples = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.nat({ max: 2 })), {
    minLength: 3,
    maxLength: 40,
  })
  .map((rows) => rows.map(([x, y, label], row) => ({ point: [x, y], label: row < 3 ? row : label })));

/** Where steps of one score at a time took five hundred rounds. */
const ridge = [
  { point: [0, 0], label: 0 },
  { point: [0, 1], label: 1 },
  { point: [-1, -1], label: 2 },
];

describe("at the minimum", () => {
  test.prop([samples, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom("l1" as const, "l2" as const)], {
    examples: [[ridge, 8.166, "l1"]],
  })("the mean prediction is each class's share", async (rows, C, penalty) => {
    // the intercepts' derivatives vanish, because nothing penalises them
    const examples = classified(
      rows.map(({ point }) => point),
      rows.map(({ label }) => label),
    );
    const predicted = (await fit(examples, { C, penalty })).predict(examples.inputs);
    for (const label of [0, 1, 2]) {
      const expected = examples.labels.filter((each) => each === label).length;
      expect(predicted.reduce((sum, row) => sum + (row[label] ?? 0), 0)).toBeCloseTo(expected, 3);
    }
  });

  test.prop([samples, fc.double({ min: 0.01, max: 10, noNaN: true })])(
    "a weight that the L1 penalty left is worth its price, one that it took is not",
    async (rows, C) => {
      // one column whose deviation is 1 needs no scale: the slope of the loss by its weight is -C * sum of residual * x
      const [low, high] = [rows.map(() => -1), rows.map(() => 1)].map((signs) => signs.map((sign, row) => (row % 2 === 0 ? sign : -sign)));
      const points = [...(low ?? []), ...(high ?? [])].map((x) => [x]);
      const labels = [...rows, ...rows].map(({ label }) => Number(label > 0));
      const { weights, predict } = await fit(classified(points, labels), { C, penalty: "l1" });
      const slope = predict(inputMatrix(points)).reduce(
        (sum, [, yes = 0], row) => sum + C * (yes - (labels[row] ?? 0)) * (points[row]?.[0] ?? 0),
        0,
      );
      const [weight = 0] = weights[0] ?? [];
      if (weight === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(1 + 1e-4);
      else expect(slope).toBeCloseTo(-Math.sign(weight), 3);
    },
  );
});
