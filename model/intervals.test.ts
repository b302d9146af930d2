import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { bootstrapInterval, differenceInterval, foldsInterval, wilsonInterval } from "./intervals.ts";
import { seededRandom } from "./seeded-random.ts";

describe("a proportion", () => {
  /** scipy 1.17.1: binomtest(successes, trials).proportion_ci(method="wilson") */
  test.each([
    [15, 18, 0.6077796189608428, 0.9416342319413856],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1],
    [83, 100, 0.7445199523239887, 0.8910643388594006],
  ])("%i of %i, as scipy has it", (successes, trials, low, high) => {
    expect(wilsonInterval(successes, trials)).toEqual({ low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) });
  });

  test.prop([fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true })])(
    "lies in its interval, which lies in [0, 1]",
    (trials, share) => {
      const successes = Math.round(trials * share);
      const { low, high } = wilsonInterval(successes, trials);
      expect(0 <= low && low <= successes / trials && successes / trials <= high && high <= 1).toBe(true);
    },
  );

  test("of no trials does not exist", () => {
    expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
  });
});

describe("a difference of proportions", () => {
  /** scipy 1.17.1: the square-and-add of Newcombe's method 10 on binomtest(k, n).proportion_ci(method="wilson") of both */
  test.each([
    [0, 300, 6, 300, 0.0033706318415936236, 0.04293962081786058],
    [1, 500, 9, 400, 0.006423728166506637, 0.040271365016422464],
    [20, 1000, 35, 1000, 0.0005464510026214602, 0.030025413123729035],
    [5, 50, 5, 50, -0.12688764707939468, 0.12688764707939468],
  ])("%i of %i, then %i of %i", (before, trialsBefore, after, trialsAfter, low, high) => {
    const interval = differenceInterval({ successes: before, trials: trialsBefore }, { successes: after, trials: trialsAfter });
    expect(interval).toEqual({ low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) });
  });
});

describe("a mean over folds", () => {
  /** scipy 1.17.1: mean -+ t.ppf(.975, k - 1) * sqrt(var(ddof=1) * (1/k + 1/(k - 1))) of 0, 1, … k - 1 */
  test.each([
    [2, -10.503896087213436, 11.503896087213436],
    [5, -0.9448647422163354, 4.944864742216335],
    [10, 1.3530920509428244, 7.646907949057176],
    [11, 1.7711200453044875, 8.228879954695513],
    [30, 9.811225901986145, 19.188774098013855],
  ])("of %i folds, as scipy has it", (folds, low, high) => {
    const values = Array.from({ length: folds }, (_, fold) => fold);
    expect(foldsInterval(values)).toEqual({ mean: (folds - 1) / 2, low: expect.closeTo(low, 7), high: expect.closeTo(high, 7) });
  });

  test("of rows that were dealt anew is as wide as its folds' overlap wants, not as their number would have it", () => {
    // scipy 1.17.1: t.ppf(.975, 9) * sqrt(var(ddof=1) * (1/10 + 1/4)) of 0, 1, … 9
    const values = Array.from({ length: 10 }, (_, fold) => fold);
    const spread = 2.2621571627409915 * Math.sqrt((55 / 6) * (1 / 10 + 1 / 4));
    expect(foldsInterval(values, 2)).toEqual({ mean: 4.5, low: expect.closeTo(4.5 - spread, 7), high: expect.closeTo(4.5 + spread, 7) });
  });

  test("that agree leaves no room", () => {
    expect(foldsInterval([0.75, 0.75, 0.75])).toEqual({ mean: 0.75, low: 0.75, high: 0.75 });
  });

  test("is of the folds that have a value, and as wide as their overlap wants", () => {
    const all = foldsInterval([0.2, 0.4, 0.6, 0.8]);
    const some = foldsInterval([0.2, 0.4, Number.NaN, 0.6, 0.8]);
    expect(some.mean).toBeCloseTo(all.mean, 12);
    expect((some.high - some.mean) / (all.high - all.mean)).toBeCloseTo(Math.sqrt((1 / 4 + 1 / 4) / (1 / 4 + 1 / 3)), 7);
    expect(foldsInterval([Number.NaN, 0.5])).toEqual({ mean: 0.5, low: Number.NaN, high: Number.NaN });
    expect(foldsInterval([Number.NaN, Number.NaN]).mean).toBeNaN();
  });

  test("of one fold has no interval", () => {
    expect(() => foldsInterval([0.8])).toThrow("at least two folds");
  });
});

describe("the bootstrap", () => {
  test("comes close to Wilson's interval of a proportion", () => {
    const right = Array.from({ length: 200 }, (_, row) => row % 5 !== 0);
    const share = (rows: number[]) => rows.filter((row) => right[row]).length / rows.length;
    const { low, high } = bootstrapInterval(right.length, share, seededRandom(7));
    const wilson = wilsonInterval(160, 200);
    expect(low).toBeCloseTo(wilson.low, 1);
    expect(high).toBeCloseTo(wilson.high, 1);
  });

  test("gives the same for the same seed", () => {
    const largest = (rows: number[]) => Math.max(...rows);
    expect(bootstrapInterval(30, largest, seededRandom(3))).toEqual(bootstrapInterval(30, largest, seededRandom(3)));
  });

  test("of what never has a value has none", () => {
    expect(bootstrapInterval(3, () => Number.NaN, seededRandom(1))).toEqual({ low: Number.NaN, high: Number.NaN });
  });
});
