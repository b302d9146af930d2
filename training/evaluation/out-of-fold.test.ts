import { expect, test } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { outOfFold } from "./out-of-fold.ts";

test("each row is answered once, by a fit that did not see it, wherever its fold put it", async () => {
  const rows: FeatureTable = {
    features: [{ name: "x", type: "double" }],
    columns: new Map([["x", Array.from({ length: 20 }, (_, row) => row)]]),
    keys: Array.from({ length: 20 }, (_, row) => [`${row}`]),
    labels: Array.from({ length: 20 }, (_, row) => row % 2),
    classes: [0, 1],
  };
  // answers a row with its number, and with whether it was fitted on it
  const spy: Candidate = {
    name: "spy",
    settings: {},
    searchSpace: {},
    inputs: "raw",
    async fit({ inputs: seen }) {
      return {
        predict: ({ values }) => [...values].map((value) => [value, Number(seen.values.includes(value))]),
        estimator: { type: "constant", probabilities: [1, 0] },
      };
    },
  };
  expect(await outOfFold(spy, rows, { folds: 3, seed: 1 })).toEqual(rows.keys.map((_, row) => [row, 0]));
});
