import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { exactTest } from "./exact-test.ts";

/** scipy 1.17.1: fisher_exact([[after, trials - after], [before, trials - before]], alternative="greater").pvalue */
test.each([
  [0, 300, 6, 300, 0.015235687986656815],
  [1, 500, 9, 400, 0.0038923273375235648],
  [20, 1000, 35, 1000, 0.027322210962749303],
  [5, 50, 5, 50, 0.6296667731127676],
  [0, 100, 100, 100, 1.1043803465997516e-59],
  [300, 100_000, 420, 100_000, 4.243118534642196e-6],
])("%i of %i, then %i of %i, as scipy has it", (before, trialsBefore, after, trialsAfter, p) => {
  expect(exactTest({ successes: before, trials: trialsBefore }, { successes: after, trials: trialsAfter })).toBeCloseTo(p, 9);
});

test.prop([fc.integer({ min: 1, max: 300 }), fc.nat({ max: 300 }), fc.integer({ min: 1, max: 300 })])(
  "the more successes, the less it can be chance",
  (trialsBefore, successes, trialsAfter) => {
    const before = { successes: Math.min(successes, trialsBefore), trials: trialsBefore };
    const all = Array.from({ length: trialsAfter + 1 }, (_, after) => exactTest(before, { successes: after, trials: trialsAfter }));
    expect(all[0]).toBeCloseTo(1, 9);
    for (const [after, p] of all.entries()) expect(p).toBeLessThanOrEqual((all[after - 1] ?? 1) + 1e-9);
  },
);
