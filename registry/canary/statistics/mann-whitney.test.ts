import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { mannWhitney } from "./mann-whitney.ts";

/**
 * scipy 1.17.1 of the bucket numbers, repeated by their counts: mannwhitneyu(canary, control, alternative="two-sided", method="asymptotic").pvalue;
 * delta and its variance by their definitions over the matrix of all pairs, in numpy.
 */
test.each([
  [[10, 20, 30, 20, 10], [5, 15, 30, 25, 15], 0.05487286194702044, 0.16049382716049382, 0.31546166943274995],
  [[0, 100, 50, 0], [0, 90, 60, 0], 0.23197424126056398, 0.06666666666666667, 0.17439765981526467],
  [[300, 0, 0], [0, 0, 300], 2.7810100201775568e-132, 1, 1],
  [[50, 50], [50, 50], 1, 0, 0.13795673353138],
])("%j, then %j, as scipy has it", (control, canary, p, delta, deltaAtMost) => {
  expect(mannWhitney(control, canary)).toEqual({
    p: expect.closeTo(p, 6),
    delta: expect.closeTo(delta, 12),
    deltaAtMost: expect.closeTo(deltaAtMost, 12),
  });
});

test("values that all tie tell nothing apart", () => {
  expect(mannWhitney([0, 40, 0], [0, 60, 0])).toMatchObject({ p: 1, delta: 0 });
});

const buckets = fc.array(fc.nat({ max: 50 }), { minLength: 4, maxLength: 4 }).filter((counts) => counts.some((count) => count > 1));

test.prop([buckets, buckets])("whoever is asked first, the other is as much slower as the one is faster", (one, other) => {
  expect(mannWhitney(other, one).delta).toBeCloseTo(-mannWhitney(one, other).delta, 10);
  expect(mannWhitney(other, one).p).toBeCloseTo(mannWhitney(one, other).p, 10);
});

test.prop([buckets, buckets])("only the order of buckets matters, not how far they are apart", (one, other) => {
  const apart = (counts: number[]) => counts.flatMap((count) => [0, count, 0]);
  expect(mannWhitney(apart(one), apart(other))).toEqual(mannWhitney(one, other));
});

test.prop([buckets, buckets])("delta lies in [-1, 1], not above what it is at most", (one, other) => {
  const { p, delta, deltaAtMost } = mannWhitney(one, other);
  expect(-1 <= delta && delta <= deltaAtMost + 1e-12 && deltaAtMost <= 1).toBe(true);
  expect(p >= 0 && p <= 1).toBe(true);
});
