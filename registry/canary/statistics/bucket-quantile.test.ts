import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { bucketQuantile } from "./bucket-quantile.ts";

const bounds = [1, 2, 4];

test.each([
  ["in the first bucket", [10, 0, 0, 0], 0.5],
  ["between two bounds", [0, 0, 10, 0], 3],
  ["across an empty bucket", [4, 0, 6, 0], 2 + 2 / 6],
  ["above the last bound, which is all that is known", [0, 0, 0, 10], 4],
])("a median %s", (_, counts, median) => {
  expect(bucketQuantile(counts, bounds, 0.5).value).toBeCloseTo(median, 12);
});

test.prop([
  fc.array(fc.nat({ max: 100 }), { minLength: 4, maxLength: 4 }).filter((counts) => counts.some((count) => count > 0)),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }),
])("lies in its interval", (counts, quantile) => {
  const { value, low, high } = bucketQuantile(counts, bounds, quantile);
  expect(0 < low && low <= value && value <= high && high <= 4).toBe(true);
});
