import { expect, test } from "vitest";
import type { Candidate, Examples } from "../candidates/candidate.ts";
import { majority } from "../candidates/majority.ts";
import { meanBaseline } from "../candidates/mean.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { best, crossValidate } from "./cross-validate.ts";
import { foldsOf } from "./folds.ts";

const count = 30;
const numbered = Array.from({ length: count }, (_, row) => row);
const rows = tableOf(
  { x: numbers(numbered.map((row) => 2 ** row)) },
  numbered.map((row) => Number(row % 3 === 0)),
);

test("each fold is predicted by a fit that did not see it, preprocessing included", async () => {
  const seen: Examples[] = [];
  const tested: number[][] = [];
  const spy: Candidate = {
    name: "spy",
    settings: {},
    searchSpace: {},
    inputs: "standardised",
    async fit(examples) {
      seen.push(examples);
      return {
        predict({ rows, values }) {
          tested.push([...values]);
          return Array.from({ length: rows }, () => [1, 0]);
        },
        estimator: { type: "constant", probabilities: [1, 0] },
      };
    },
  };
  await crossValidate(spy, rows, { folds: 5, seed: 3 });
  expect(seen.map(({ inputs }) => inputs.rows)).toEqual([24, 24, 24, 24, 24]);
  for (const [fold, { inputs }] of seen.entries()) {
    const fitted = [...inputs.values];
    // standardised on the rows of the fit alone: mean 0 there, to 32 bits, and not on all rows
    expect(fitted.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
    expect(Math.abs([...fitted, ...(tested[fold] ?? [])].reduce((sum, x) => sum + x, 0))).toBeGreaterThan(1e-3);
  }
});

test("the baseline's accuracy is the share of the larger class, with an interval inside of [0, 1]", async () => {
  const { metrics, folds } = await crossValidate(majority("majority"), rows, { folds: 5, seed: 3 });
  expect(folds.accuracy).toHaveLength(5);
  expect(metrics.accuracy?.mean).toBeCloseTo(2 / 3, 10);
  for (const [metric, { low, high }] of Object.entries(metrics))
    expect([low >= 0, high <= 1 || metric === "logLoss"]).toEqual([true, true]);
});

test("of a regression each metric of numbers is measured, and the mean explains nothing", async () => {
  const labels = rows.labels.map((_, row) => row);
  const { metrics } = await crossValidate(meanBaseline("mean"), { ...rows, labels, classes: [] }, { folds: 5, seed: 3 });
  expect(Object.keys(metrics)).toEqual(["r2", "rmse", "mae"]);
  expect(metrics.r2?.mean).toBeLessThan(0);
  expect(metrics.rmse?.low).toBeGreaterThanOrEqual(0);
});

test("of candidates that are equally good the one that was declared first is the best", async () => {
  const [simple, other] = [majority("simple"), majority("other")];
  const measured = async (candidate: Candidate) => ({ candidate, results: await crossValidate(candidate, rows, { folds: 5, seed: 3 }) });
  expect(best([await measured(simple), await measured(other)], "accuracy").candidate).toBe(simple);
});

test("repeated, the rows are dealt anew each time, and each row is held once in every dealing", () => {
  const held = foldsOf(rows, { folds: 5, repeats: 3, seed: 3 }).map((fold) => fold().held.keys.flatMap((keys) => Array.from(keys, Number)));
  const dealings = [held.slice(0, 5), held.slice(5, 10), held.slice(10)];
  for (const dealing of dealings) expect(dealing.flat().sort((one, other) => one - other)).toEqual(numbered);
  expect(new Set(dealings.map((dealing) => JSON.stringify(dealing))).size).toBe(3);
});

test("a candidate whose metric cannot be had is worse than any other", async () => {
  const results = await crossValidate(majority("majority"), rows, { folds: 5, seed: 3 });
  const unknown = { ...results, metrics: { accuracy: { mean: Number.NaN, low: Number.NaN, high: Number.NaN } } };
  expect(best([{ results: unknown }, { results }], "accuracy")).toEqual({ results });
});
