import { expect, test } from "vitest";
import type { FeatureTable } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { permutationImportance } from "./permutation-importance.ts";

const numbered = Array.from({ length: 100 }, (_, row) => row);
const rows = tableOf(
  { noise: numbers(numbered.map((row) => row % 7)), cause: numbers(numbered) },
  numbered.map((row) => (row < 50 ? 0 : 1)),
);

/** Accuracy of a model that looks at one feature only. */
function accuracy({ columns, labels }: FeatureTable): number {
  const right = labels.filter((label, row) => label === (Number(columns.get("cause")?.[row]) < 50 ? 0 : 1));
  return right.length / labels.length;
}

test("what the model looks at comes first, and half of the answers are wrong without it; what it does not look at costs nothing", () => {
  const [first, second] = permutationImportance(rows, accuracy, 1);
  expect(first?.feature).toBe("cause");
  expect(first?.mean).toBeGreaterThan(0.35);
  expect(second).toEqual({ feature: "noise", mean: 0, low: 0, high: 0 });
});

test("one seed, one result", () => {
  expect(permutationImportance(rows, accuracy, 3)).toEqual(permutationImportance(rows, accuracy, 3));
});
