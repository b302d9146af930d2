import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { type Costs, cheapestThreshold, costOfEach, type Decidable, decidable } from "./cost-threshold.ts";

const costs: Costs = { positive: "yes", falsePositive: 1, falseNegative: 5 };

function rowsOf(...rows: [probability: number, isPositive: boolean][]): Decidable {
  return { probabilities: rows.map(([probability]) => Math.fround(probability)), isPositive: rows.map(([, isPositive]) => isPositive) };
}

function total(rows: Decidable, above: number, of: Costs): number {
  return costOfEach(rows, above, of).reduce((sum, cost) => sum + cost, 0);
}

test("a miss that costs five times an alarm makes the alarm go off early", () => {
  const rows = rowsOf([0.1, false], [0.2, true], [0.3, false], [0.4, false], [0.6, false], [0.9, true]);
  expect(cheapestThreshold(rows, costs)).toBeCloseTo(0.15, 6);
  expect(cheapestThreshold(rows, { ...costs, falsePositive: 5, falseNegative: 1 })).toBeCloseTo(0.75, 6);
});

test("each wrong row costs what its mistake costs", () => {
  const rows = rowsOf([0.2, true], [0.2, false], [0.8, true], [0.8, false]);
  expect(costOfEach(rows, 0.5, costs)).toEqual([5, 0, 0, 1]);
});

test("of equals the threshold nearest to one half is taken, and the lower one of two as near", () => {
  expect(cheapestThreshold(rowsOf([0.1, false], [0.9, true]), costs)).toBe(0.5);
  // 1 each way: below .4, or above .6
  const one = { ...costs, falseNegative: 1 };
  expect(cheapestThreshold(rowsOf([0.25, true], [0.75, false]), one)).toBe(0.125);
});

test.each<[string, Decidable, number, (above: number) => boolean]>([
  ["nobody is positive", rowsOf([0.4, false], [1, false]), 0, (above) => above === 1],
  ["everybody is", rowsOf([0.4, true], [1, true]), 0, (above) => above < 0.4],
  ["all have one probability", rowsOf([0.4, true], [0.4, false], [0.4, false]), 2, (above) => above < 0.4],
  ["the certain are apart", rowsOf([0, false], [1, true]), 0, (above) => above === 0.5],
])("where %s it still decides", (_, rows, cost, holds) => {
  const above = cheapestThreshold(rows, costs);
  expect([total(rows, above, costs), holds(above)]).toEqual([cost, true]);
});

const anyRows = fc.array(fc.tuple(fc.constantFrom(0, 1e-7, 0.1, 0.1 + 1e-10, 0.3, 0.5, 0.7, 1), fc.boolean()), {
  minLength: 1,
  maxLength: 40,
});

propertyTest.prop([anyRows, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.float({ min: 0, max: 1, noNaN: true })])(
  "no other threshold costs less",
  (rows, falsePositive, falseNegative, other) => {
    const [drawn, of] = [rowsOf(...rows), { ...costs, falsePositive, falseNegative }];
    expect(total(drawn, cheapestThreshold(drawn, of), of)).toBeLessThanOrEqual(total(drawn, other, of));
  },
);

test("either class may be the one that is looked for", () => {
  const answers = [
    [0.9, 0.1],
    [0.3, 0.7],
  ];
  expect(decidable([0, 1], answers, 0)).toEqual({ isPositive: [true, false], probabilities: [0.9, 0.3].map(Math.fround) });
});
