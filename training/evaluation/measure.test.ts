import { describe, expect, test } from "vitest";
import type { FeatureTable } from "../features/feature-table.ts";
import { tableOf } from "../testing/table-of.ts";
import { measure, measureWithIntervals, scored } from "./measure.ts";

const rows = tableOf({}, [0, 0, 1, 1], ["no", "yes"]);
const probabilities = [
  [0.9, 0.1],
  [0.4, 0.6],
  [0.3, 0.7],
  [0.2, 0.8],
];

test("the most probable class is predicted; of equals the first, as the exported graph does", () => {
  expect(scored(rows, probabilities).predictions).toEqual(["no", "yes", "yes", "yes"]);
  expect(
    scored(
      rows,
      probabilities.map(() => [0.5, 0.5]),
    ).predictions,
  ).toEqual(["no", "no", "no", "no"]);
});

test("where there is a threshold, what is above it is predicted", () => {
  const decided = (label: number, above: number) => scored(rows, probabilities, { label, above: Math.fround(above) }).predictions;
  expect(decided(1, 0.65)).toEqual(["no", "no", "yes", "yes"]);
  expect(decided(0, 0.25)).toEqual(["no", "no", "no", "yes"]);
  // equal is not above, to the 32 bits that a graph compares
  expect(decided(1, 0.6)).toEqual(["no", "no", "yes", "yes"]);
});

test("each metric is measured", () => {
  expect(measure(scored(rows, probabilities))).toEqual({
    accuracy: 0.75,
    balancedAccuracy: 0.75,
    rocAuc: 1,
    logLoss: expect.closeTo(-(Math.log(0.9) + Math.log(0.4) + Math.log(0.7) + Math.log(0.8)) / 4, 12),
  });
});

describe("an interval", () => {
  test("holds its value, and is the same for the same seed", () => {
    const measured = measureWithIntervals(scored(rows, probabilities), 1);
    for (const { low, value, high } of Object.values(measured)) expect(low <= value && value <= high).toBe(true);
    expect(measureWithIntervals(scored(rows, probabilities), 1)).toEqual(measured);
  });
});

describe("a regression", () => {
  const values: FeatureTable = { ...rows, labels: [10, 12, 14, 18], classes: [] };
  const predicted = scored(values, [[11], [12], [13], [17]]);

  test("is measured in the target's unit and by the share of variance that is explained", () => {
    expect(measure(predicted)).toEqual({ r2: 1 - 3 / 35, rmse: Math.sqrt(3 / 4), mae: 3 / 4 });
  });

  test("has intervals that hold the values, the same for the same seed", () => {
    const measured = measureWithIntervals(predicted, 1);
    expect(Object.keys(measured)).toEqual(["r2", "rmse", "mae"]);
    for (const { low, value, high } of Object.values(measured)) expect(low <= value && value <= high).toBe(true);
    expect(measureWithIntervals(predicted, 1)).toEqual(measured);
  });
});
