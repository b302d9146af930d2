import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { chiSquareTail, chiSquareTest } from "./chi-square.ts";

/** scipy 1.17.1: chi2_contingency([control, canary], correction=False).pvalue */
test.each([
  [[40, 60], [55, 45], 0.033672068856345896],
  [[10, 20, 30, 40], [20, 25, 30, 25], 0.06152875976415664],
  [[100, 0, 0], [0, 50, 50], 3.7200759760208177e-44],
  [[12, 30, 30, 30, 40, 60, 20], [15, 22, 40, 30, 30, 70, 10], 0.20578358996802268],
])("%j and %j, as scipy has it", (control, canary, p) => {
  expect(chiSquareTest(control, canary)).toBeCloseTo(p, 6);
});

/** scipy 1.17.1: chi2.sf(x, degrees) */
test.each([
  [3.84, 1, 0.05004352124870519],
  [5.99, 2, 0.05003662708658629],
  [10, 3, 0.01856613546304325],
  [20, 9, 0.017912404529843298],
  [0.5, 19, 0.9999999999986573],
  [200, 40, 3.764893576001532e-23],
])("the tail above %d with %i degrees of freedom, as scipy has it", (x, degrees, p) => {
  expect(chiSquareTail(x, degrees)).toBeCloseTo(p, 6);
});

test("categories too rare to count on are taken together", () => {
  expect(chiSquareTest([500, 1, 0, 1, 1], [500, 0, 1, 0, 1])).toBeGreaterThan(0.2);
  expect(chiSquareTest([500, 6, 6], [500, 8, 4])).toBeCloseTo(chiSquareTest([500, 12], [500, 12]), 0);
});

const counts = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 5, maxLength: 5 }).filter((all) => all.some((count) => count > 0));

test.prop([counts, counts, fc.nat({ max: 4 })])("in whatever order categories come, p is the same", (control, canary, turn) => {
  const turned = (all: number[]) => [...all.slice(turn), ...all.slice(0, turn)];
  expect(chiSquareTest(turned(control), turned(canary))).toBeCloseTo(chiSquareTest(control, canary), 9);
});

test.prop([counts])("the same twice is no difference", (all) => {
  expect(chiSquareTest(all, all)).toBeCloseTo(1, 6);
});
