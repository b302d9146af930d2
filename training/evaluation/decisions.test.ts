import { seededRandom } from "@falconry/model/seeded-random.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import { describe, expect, test } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { logisticRegression } from "../candidates/logistic-regression.ts";
import { exportGraph } from "../export/export-graph.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { decide, requireDecidable } from "./decisions.ts";
import { scoredBy } from "./measure.ts";

const random = seededRandom(3);
const crossValidation = { folds: 4, seed: 1 };
const costs = { positive: "yes", falsePositive: 1, falseNegative: 8 };

function table(count: number): FeatureTable {
  const x = Array.from({ length: count }, () => random() * 6 - 3);
  return tableOf(
    { x: numbers(x) },
    x.map((value) => Number(random() < 1 / (1 + Math.exp(-value)))),
    ["no", "yes"],
  );
}

const parts = { train: table(400), test: table(200) };
const candidate = logisticRegression("lr", { C: 1 });

describe("where a workload wants nothing", () => {
  test("the model is left as it is, and nothing is fitted", async () => {
    const unfittable: Candidate = { ...candidate, fit: () => Promise.reject(new Error("fitted again")) };
    const model = await fitModel(candidate, parts.train, 1);
    expect((await decide(unfittable, model, parts, { crossValidation })).model).toBe(model);
  });
});

describe.each([
  ["costs", { costs }],
  ["costs of the other class", { costs: { ...costs, positive: "no" } }],
  ["calibration", { calibration: true }],
  ["calibration and costs", { calibration: true, costs }],
])("with %s", (_, declared) => {
  test("the graph predicts and says what the model predicts and says", async () => {
    const fitted = await fitModel(candidate, parts.train, 1);
    const { model } = await decide(candidate, fitted, parts, { crossValidation, ...declared });
    const graph = await OnnxModel.load(await exportGraph(model, parts.test));
    const { predictions } = await graph.predict(Object.fromEntries(parts.test.columns));
    await graph.close();
    expect(predictions).toEqual(scoredBy(model, parts.test).predictions);
  });

  test("a decision is the same whenever it is made", async () => {
    const once = async () => await decide(candidate, await fitModel(candidate, parts.train, 1), parts, { crossValidation, ...declared });
    const [{ model: one, ...effects }, { model: other, ...again }] = [await once(), await once()];
    expect([other.estimator, other.threshold, again]).toEqual([one.estimator, one.threshold, effects]);
  });
});

test("a miss that costs eight alarms is decided by a threshold near one ninth, which pays on rows that nobody had seen", async () => {
  const { model, threshold } = await decide(candidate, await fitModel(candidate, parts.train, 1), parts, { crossValidation, costs });
  expect(threshold?.threshold).toBe(model.threshold?.above);
  // for true probabilities it is falsePositive / (falsePositive + falseNegative)
  expect(threshold?.threshold).toBeGreaterThan(0.04);
  expect(threshold?.threshold).toBeLessThan(0.3);
  expect(threshold?.test.difference.high).toBeLessThan(0);
  expect(threshold?.outOfFold.after).toBeLessThan(threshold?.outOfFold.before ?? 0);
  expect(threshold?.curve).toHaveLength(101);
});

test.each([
  ["a class that is none", { ...costs, positive: "maybe" }, ["no", "yes"], '"maybe" is not one of two classes; they are "no", "yes"'],
  ["a number for its text", { ...costs, positive: "1" }, [0, 1], '"1" is not one of two classes; they are 0, 1'],
  ["one of three", costs, ["maybe", "no", "yes"], '"yes" is not one of two classes; they are "maybe", "no", "yes"'],
])("costs of %s are refused", (_, declared, classes, message) => {
  const asked = () => requireDecidable({ folder: "visits", costs: declared }, { classes });
  expect(asked).toThrow(
    expect.objectContaining({ code: "workload.invalid", message: `visits/workload.ts: workload.costs.positive: ${message}` }),
  );
});
