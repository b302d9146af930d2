import { FalconryError } from "@falconry/environment/error.ts";
import { describe, expect, test } from "vitest";
import type { Candidate, Examples } from "../candidates/candidate.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import type { FoldMemory } from "../journal/fold-memory.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { learningCurve } from "./learning-curve.ts";

const settings = { crossValidation: { folds: 5, seed: 1 }, metric: "accuracy" } as const;
const now: FoldMemory = async (_, measureNow) => ({ outcome: { metrics: await measureNow() }, at: 0, seconds: 0 });

function table(count: number, rare = 2): FeatureTable {
  const numbered = Array.from({ length: count }, (_, row) => row);
  return tableOf(
    { x: numbers(numbered) },
    numbered.map((row) => Number(row % rare === 0)),
    ["no", "yes"],
  );
}

/** The more rows it is fitted on, the more rows it predicts right. */
function learner(seen: Examples[] = []): Candidate {
  return {
    name: "learner",
    settings: {},
    searchSpace: {},
    inputs: "raw",
    async fit(examples) {
      seen.push(examples);
      const knows = new Set(Array.from({ length: examples.inputs.rows }, (_, place) => place % 400));
      return {
        predict: ({ values }) => [...values].map((value) => ((value % 2 === 0) === knows.has(value) ? [0, 1] : [1, 0])),
        estimator: { type: "constant", probabilities: [0.5, 0.5] },
      };
    },
  };
}

describe("a learning curve", () => {
  test("is measured with an eighth, a quarter, a half and all rows but a fold, on the same two folds", async () => {
    const seen: Examples[] = [];
    const curve = await learningCurve(learner(seen), table(400), settings, now);
    expect(seen.map(({ inputs }) => inputs.rows)).toEqual([40, 40, 80, 80, 160, 160, 320, 320]);
    if ("skipped" in curve) throw new Error(curve.skipped);
    expect(curve.points.map(({ rows }) => rows)).toEqual([40, 80, 160, 320]);
    const values = curve.points.map(({ value }) => value);
    expect(values).toEqual([...values].sort((one, other) => one - other));
    for (const { value, folds } of curve.points) expect(value).toBeCloseTo(((folds[0] ?? 0) + (folds[1] ?? 0)) / 2, 12);
  });

  test("adds rows to those it had", async () => {
    const seen: Examples[] = [];
    await learningCurve(learner(seen), table(400), settings, now);
    const ofFirstFold = seen.filter((_, place) => place % 2 === 0).map(({ inputs }) => new Set(inputs.values));
    for (const [place, smaller] of ofFirstFold.slice(0, -1).entries()) {
      expect([...smaller].filter((value) => !ofFirstFold[place + 1]?.has(value))).toEqual([]);
    }
  });

  test("is not drawn where an eighth holds too few rows of a class, and says which", async () => {
    expect(await learningCurve(learner(), table(400, 40), settings, now)).toEqual({
      skipped: "an eighth of the rows holds 1 of class yes, and 2 are needed",
    });
    expect(await learningCurve(learner(), { ...table(60), classes: [] }, { ...settings, metric: "r2" }, now)).toEqual({
      skipped: "an eighth of the rows is 6, and 10 are needed",
    });
  });

  test("is not drawn where the candidate cannot be fitted on so few rows: the training stands", async () => {
    const failing: FoldMemory = async () => ({ outcome: { failure: { message: "no minimum", hint: "" } }, at: 0, seconds: 0 });
    expect(await learningCurve(learner(), table(400), settings, failing)).toEqual({ skipped: "no minimum" });
  });

  test("leaves other errors alone", async () => {
    const broken: Candidate = {
      ...learner(),
      fit: () => Promise.reject(new FalconryError("train.library-missing", { message: "gone", hint: "" })),
    };
    await expect(learningCurve(broken, table(400), settings, now)).rejects.toThrow("gone");
  });
});
