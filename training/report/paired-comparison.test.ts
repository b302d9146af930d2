import { expect, test } from "vitest";
import type { CrossValidated } from "../evaluation/cross-validate.ts";
import { pairedComparison } from "./paired-comparison.ts";

const measured = (name: string, accuracy: number[]): CrossValidated => ({ name, metrics: {}, folds: { accuracy } });

test("a candidate that is a little worse on every fold is worse, however much the folds differ", () => {
  const chosen = measured("boosting", [0.6, 0.7, 0.8, 0.9]);
  const [other] = pairedComparison(chosen, [measured("linear", [0.58, 0.67, 0.78, 0.87])], "accuracy");
  expect(other?.candidate).toBe("linear");
  expect(other?.difference.mean).toBeCloseTo(-0.025, 12);
  expect(other?.difference.high).toBeLessThan(0);
});

test("one that is better on half of the folds may be as good", () => {
  const chosen = measured("boosting", [0.6, 0.7, 0.8, 0.9]);
  const [other] = pairedComparison(chosen, [measured("linear", [0.65, 0.62, 0.86, 0.84])], "accuracy");
  expect(other?.difference.low).toBeLessThan(0);
  expect(other?.difference.high).toBeGreaterThan(0);
});

test("other folds cannot be compared", () => {
  expect(() => pairedComparison(measured("a", [1, 1]), [measured("b", [1, 1, 1])], "accuracy")).toThrow("3 folds");
});
