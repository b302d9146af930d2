import { expect, test } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { outOfFold } from "./out-of-fold.ts";

test("each row is answered once, by a fit that did not see it, wherever its fold put it", async () => {
  const numbered = Array.from({ length: 20 }, (_, row) => row);
  const rows = tableOf(
    { x: numbers(numbered) },
    numbered.map((row) => row % 2),
  );
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
  expect(await outOfFold(spy, rows, { folds: 3, seed: 1 })).toEqual(numbered.map((row) => [row, 0]));
});
