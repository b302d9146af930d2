import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { totalVariation } from "./total-variation.ts";

test.each([
  ["the same", [30, 70], [300, 700], 0],
  ["ten points of a hundred moved", [30, 70], [40, 60], 0.1],
  ["every class another", [100, 0], [0, 100], 1],
  ["a third class, out of both", [50, 50, 0], [40, 40, 20], 0.2],
])("%s", (_, control, canary, share) => {
  expect(totalVariation(control, canary).measured).toBeCloseTo(share, 12);
});

const counts = fc.array(fc.nat({ max: 100 }), { minLength: 4, maxLength: 4 }).filter((all) => all.some((count) => count > 0));

test.prop([counts, counts])("half the sum of what the shares differ by, and not above what it is at most", (control, canary) => {
  const share = (all: number[], category: number) => (all[category] ?? 0) / all.reduce((sum, count) => sum + count, 0);
  const byDefinition = control.reduce((sum, _, category) => sum + Math.abs(share(canary, category) - share(control, category)) / 2, 0);
  const { measured, atMost } = totalVariation(control, canary);
  expect(measured).toBeCloseTo(byDefinition, 12);
  expect(atMost).toBeGreaterThanOrEqual(measured - 1e-12);
});

test.prop([counts, counts, fc.integer({ min: 2, max: 9 })])("does not depend on how many cases there were", (control, canary, times) => {
  const more = (all: number[]) => all.map((count) => count * times);
  expect(totalVariation(more(control), more(canary)).measured).toBeCloseTo(totalVariation(control, canary).measured, 12);
});
