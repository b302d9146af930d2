import { expect, test } from "vitest";
import { median, ratio } from "./measurement.ts";

test("the median is the middle run, or the mean of the two in the middle", () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 3])).toBe(2.5);
});

test("without a run there is no median", () => {
  expect(() => median([])).toThrow(RangeError);
});

test("a ratio compares medians", () => {
  expect(ratio({ benchmark: "b", what: "w", unit: "s", ours: [10, 20, 30], other: { name: "o", runs: [5, 5, 500] } })).toBe(4);
});
