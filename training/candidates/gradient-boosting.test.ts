import { seededRandom } from "@falconry/model/seeded-random.ts";
import { describe, expect, test } from "vitest";
import { classified, measured } from "../testing/examples.ts";
import { gradientBoosting } from "./gradient-boosting.ts";
import { inputMatrix } from "./input-matrix.ts";
import { lightGbm } from "./lightgbm/library.ts";

const settings = { rounds: 30, learningRate: 0.2, leaves: 7, minRowsPerLeaf: 5 };
const random = seededRandom(1);
const points = Array.from({ length: 400 }, () => [random() * 4 - 2, random() * 4 - 2]);
/** Inside of a circle, on the left outside of it, on the right: no plane parts them. */
const zones = points.map(([x = 0, y = 0]) => (x * x + y * y < 1.5 ? 0 : x < 0 ? 1 : 2));

function share(isRight: boolean[]): number {
  return isRight.filter(Boolean).length / isRight.length;
}

function mostProbable(probabilities: number[][]): number[] {
  return probabilities.map((row) => row.indexOf(Math.max(...row)));
}

test("two classes that no plane parts are told apart", async () => {
  const inside = zones.map((zone) => Number(zone === 0));
  const { predict } = await gradientBoosting("gbm", settings).fit(classified(points, inside), 1);
  const predicted = mostProbable(predict(inputMatrix(points)));
  expect(share(predicted.map((label, row) => label === inside[row]))).toBeGreaterThan(0.97);
});

test("more than two classes are told apart, and their probabilities add up to 1", async () => {
  const { predict } = await gradientBoosting("gbm", settings).fit(classified(points, zones), 1);
  const probabilities = predict(inputMatrix(points));
  expect(share(mostProbable(probabilities).map((label, row) => label === zones[row]))).toBeGreaterThan(0.97);
  for (const row of probabilities) expect(row.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
});

describe("a regression", () => {
  const heights = points.map(([x = 0, y = 0]) => 1e6 + Math.hypot(x, y));

  test("is fitted also where the target's mean is large beside its deviation", async () => {
    const { predict } = await gradientBoosting("gbm", settings).fit(measured(points, heights), 1);
    const errors = predict(inputMatrix(points)).map(([value = 0], row) => Math.abs(value - (heights[row] ?? 0)));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1);
  });

  test("of a constant target gives the constant", async () => {
    const { predict } = await gradientBoosting("gbm", settings).fit(
      measured(
        points,
        points.map(() => 7),
      ),
      1,
    );
    expect(predict(inputMatrix(points.slice(0, 2)))).toEqual([[7], [7]]);
  });
});

test("a missing value and a category are split by as they are", async () => {
  const rows = Array.from({ length: 300 }, (_, row) => ({ hole: row % 3 === 0 ? Number.NaN : 1 + (row % 7), category: row % 5 }));
  const labels = rows.map(({ hole, category }) => Number(Number.isNaN(hole) !== [1, 3].includes(category)));
  const examples = {
    ...classified(
      rows.map(({ hole, category }) => [hole, category]),
      labels,
    ),
    categorical: [1],
  };
  const { predict, estimator } = await gradientBoosting("gbm", settings).fit(examples, 1);
  expect(mostProbable(predict(examples.inputs))).toEqual(labels);
  if (estimator.type !== "trees") throw new Error(`a ${estimator.type} estimator`);
  expect(estimator.ensemble.trees.some(({ nodes }) => nodes.some(({ type }) => type === "categories"))).toBe(true);
});

test("the same seed gives the same trees, another one others where rows are drawn", async () => {
  const drawing = gradientBoosting("gbm", { ...settings, rowShare: 0.5, columnShare: 0.5 });
  const examples = classified(points, zones);
  const { estimator } = await drawing.fit(examples, 1);
  expect((await drawing.fit(examples, 1)).estimator).toEqual(estimator);
  expect((await drawing.fit(examples, 2)).estimator).not.toEqual(estimator);
});

test("the trees do not depend on the number of threads", () => {
  const library = lightGbm();
  const labels = Float32Array.from(zones, (zone) => Number(zone === 0));
  const { values, rows, columns } = inputMatrix(points);
  const models = [1, 2, 3].map((threads) => {
    const parameters = `objective=binary deterministic=true force_row_wise=true num_threads=${threads} verbosity=-1`;
    const dataset = library.datasetFromMatrix(values, rows, columns, parameters);
    library.setLabels(dataset, labels);
    const booster = library.createBooster(dataset, parameters);
    for (let round = 0; round < 10; round++) library.update(booster);
    const text = library.saveModel(booster);
    library.freeBooster(booster);
    library.freeDataset(dataset);
    return text.slice(0, text.indexOf("end of trees"));
  });
  expect(models[1]).toBe(models[0]);
  expect(models[2]).toBe(models[0]);
});

test("what LightGBM refuses is said with its words", async () => {
  const library = lightGbm();
  expect(() => library.createBooster(0n, "objective=nonsense")).toThrow(/^LightGBM: /);
  await expect(gradientBoosting("gbm", { ...settings, learningRate: -1 }).fit(classified(points, zones), 1)).rejects.toMatchObject({
    code: "train.candidate-failed",
    message: expect.stringContaining("learning_rate"),
  });
});
