import type { FeatureSet } from "@falconry/model/feature-set.ts";
import { expect, test } from "vitest";
import { score } from "./score.ts";
import { Unmeasurable } from "./unmeasurable.ts";

const digest = "0".repeat(64);
const stored = { path: "test.parquet", sha256: digest, bytes: 1, rows: 4 };
const set: FeatureSet = {
  workload: "wine",
  dataset: { name: "wine", digest },
  sql: digest,
  split: {},
  key: ["id"],
  target: "quality",
  classes: ["bad", "fair", "good"],
  features: [{ name: "alcohol", type: "double" }],
  train: stored,
  test: stored,
};
const numbers: FeatureSet = { ...set, classes: [] };
const rows = { rows: 4, columns: { quality: ["bad", "fair", "good", "good"] } };
const values = { rows: 4, columns: { quality: [10, 12, 14, 18] } };

test("classes are matched by name where the model has them in another order", () => {
  const probabilities = [
    [0.1, 0.1, 0.8],
    [0.2, 0.6, 0.2],
    [0.7, 0.2, 0.1],
    [0.9, 0.1, 0],
  ];
  const answers = { predictions: ["bad", "fair", "good", "good"], probabilities };
  expect(score("rocAuc", set, rows, answers, ["good", "fair", "bad"])).toBe(1);
  expect(score("accuracy", set, rows, answers, ["good", "fair", "bad"])).toBe(1);
});

test("a regression is measured by the variance that it explains", () => {
  expect(score("r2", numbers, values, { predictions: [11, 12, 13, 17] }, [])).toBe(1 - 3 / 35);
});

test.for([
  ["a class that the rows do not know", "accuracy", set, rows, ["bad", "fair", "good", "superb"], '"superb", which is no class'],
  ["a text for a number", "r2", numbers, values, [11, 12, 13, "much"], '"much", which is no number'],
  ["classes measured as numbers", "r2", set, rows, ["bad", "fair", "good", "good"], "does not measure a target with classes"],
  ["numbers measured as classes", "accuracy", numbers, values, [11, 12, 13, 17], "does not measure a target without classes"],
  ["rocAuc without probabilities", "rocAuc", set, rows, ["bad", "fair", "good", "good"], "needs the probabilities of every class"],
  ["a target that does not vary", "r2", numbers, { rows: 1, columns: { quality: [10] } }, [10], "r2 of 1 rows is undefined"],
] as const)("%s cannot be measured", ([, metric, featureSet, frame, predictions, reason]) => {
  const columns = { quality: [...frame.columns.quality] };
  const measured = () => score(metric, featureSet, { rows: frame.rows, columns }, { predictions: [...predictions] }, []);
  expect(measured).toThrow(Unmeasurable);
  expect(measured).toThrow(reason);
});
