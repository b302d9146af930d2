import { expect, test, vi } from "vitest";
import { inputMatrix } from "./input-matrix.ts";
import { mlp } from "./mlp.ts";

// loading TensorFlow takes seconds
vi.setConfig({ testTimeout: 60_000 });

const exclusiveOr = {
  inputs: inputMatrix([
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ]),
  categorical: [],
  labels: [0, 1, 1, 0],
  classes: 2,
};
const candidate = mlp("mlp", { hiddenUnits: [8], epochs: 40, batchSize: 4, learningRate: 0.1, l2: 0 });

test("it learns what no plane parts, and the same seed gives the same weights", async () => {
  const [once, again] = [await candidate.fit(exclusiveOr, 1), await candidate.fit(exclusiveOr, 1)];
  const predictions = once.predict(exclusiveOr.inputs).map(([no = 0, yes = 0]) => Number(yes > no));
  expect(predictions).toEqual(exclusiveOr.labels);
  expect(again.estimator).toEqual(once.estimator);
});

test("another seed gives other weights", async () => {
  const [one, other] = [await candidate.fit(exclusiveOr, 1), await candidate.fit(exclusiveOr, 2)];
  expect(other.estimator).not.toEqual(one.estimator);
});
