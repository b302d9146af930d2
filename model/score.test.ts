import { expect, test } from "vitest";
import { type ScoredRows, score } from "./score.ts";

const binary: ScoredRows = {
  actual: [0, 1, 1, 0, 1],
  predictions: [0, 1, 0, 0, 1],
  probabilities: [
    [0.9, 0.1],
    [0.2, 0.8],
    [0.6, 0.4],
    [0.55, 0.45],
    [0.1, 0.9],
  ],
  classes: [0, 1],
};

/** Computed with scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, roc_auc_score. */
test.for([
  ["accuracy", 0.8],
  ["balancedAccuracy", 0.8333333333333333],
  ["rocAuc", 0.8333333333333333],
] as const)("%s", ([metric, expected]) => {
  expect(score(metric, binary)).toBeCloseTo(expected, 12);
});

/** scikit-learn 1.9.1: roc_auc_score(actual, probabilities, multi_class="ovr"). */
test("rocAuc of three classes is the mean of each against the rest", () => {
  const rows: ScoredRows = {
    actual: [0, 1, 2, 1, 2],
    predictions: [0, 1, 2, 0, 1],
    probabilities: [
      [0.7, 0.2, 0.1],
      [0.1, 0.8, 0.1],
      [0.3, 0.3, 0.4],
      [1, 0, 0],
      [0.2, 0.5, 0.3],
    ],
    classes: [0, 1, 2],
  };
  expect(score("rocAuc", rows)).toBeCloseTo(0.75, 12);
});

test("rows of one class have no AUC", () => {
  expect(score("rocAuc", { ...binary, actual: [1, 1, 1, 1, 1] })).toBeNaN();
});

test("r2 is the share of the target's variance that numbers explain", () => {
  const values: ScoredRows = { actual: [10, 12, 14, 18], predictions: [11, 12, 13, 17], probabilities: [], classes: [] };
  expect(score("r2", values)).toBe(1 - 3 / 35);
});
