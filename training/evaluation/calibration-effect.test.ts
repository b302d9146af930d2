import { expect, test } from "vitest";
import { calibrationEffect } from "./calibration-effect.ts";
import type { Scored } from "./measure.ts";

function saying(probability: number): Scored {
  const actual = ["no", "yes", "yes", "yes"];
  return { actual, predictions: actual, probabilities: actual.map(() => [1 - probability, probability]), classes: ["no", "yes"] };
}

test("both measures before and after, and the difference of the same rows", () => {
  const { logLoss, brier } = calibrationEffect(saying(0.5), saying(0.75), 1);
  expect(logLoss.before.value).toBeCloseTo(Math.log(2), 12);
  expect(logLoss.after.value).toBeCloseTo(-(Math.log(0.25) + 3 * Math.log(0.75)) / 4, 12);
  expect(brier.before.value).toBeCloseTo(0.25, 12);
  expect(brier.after.value).toBeCloseTo((0.75 ** 2 + 3 * 0.25 ** 2) / 4, 12);
  for (const { before, after, difference } of [logLoss, brier]) {
    expect(difference.value).toBeCloseTo(after.value - before.value, 12);
    expect([difference.low <= difference.value, difference.value <= difference.high]).toEqual([true, true]);
  }
});

test("where nothing changed the difference is 0, and sure to be", () => {
  expect(calibrationEffect(saying(0.6), saying(0.6), 1).brier.difference).toEqual({ value: 0, low: 0, high: 0 });
});
