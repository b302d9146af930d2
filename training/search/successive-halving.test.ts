import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { nextStep, rungsOf, type Standing } from "./successive-halving.ts";

const standing = (trial: number, ...scores: number[]): Standing => ({ trial, scores, failed: false });

describe("the rungs", () => {
  test("thirds of the folds, and all of them last", () => {
    expect(rungsOf(10, 1000)).toEqual([1, 2, 4, 10]);
    expect(rungsOf(27, 1000)).toEqual([1, 3, 9, 27]);
  });

  test("begin with as many folds as hold a hundred rows", () => {
    expect(rungsOf(10, 40)).toEqual([3, 4, 10]);
    expect(rungsOf(10, 7)).toEqual([10]);
  });

  property.prop([fc.integer({ min: 2, max: 100 }), fc.integer({ min: 1, max: 10_000 })])("rise, and end with all folds", (folds, rows) => {
    const rungs = rungsOf(folds, rows);
    expect(rungs.at(-1)).toBe(folds);
    for (const [index, rung] of rungs.entries()) expect(rung).toBeGreaterThan(rungs[index - 1] ?? 0);
  });
});

describe("the next step", () => {
  const rungs = [1, 3, 9];

  test("of nothing is a new trial", () => {
    expect(nextStep([], rungs)).toBeUndefined();
  });

  test("is the best of those that came as far", () => {
    expect(nextStep([standing(1, 0.2), standing(2, 0.8), standing(3, 0.5)], rungs)).toEqual({ trial: 2, folds: 3 });
  });

  test("is a new trial where the best third has gone on", () => {
    expect(
      nextStep([standing(1, 0.2), standing(2, 0.8, 0.1, 0.1), standing(3, 0.5), standing(4, 0, 0, 0, 1, 1, 1, 1, 1, 1)], rungs),
    ).toEqual({ trial: 2, folds: 9 });
    const whole = standing(4, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    expect(nextStep([standing(1, 0.2), standing(2, 0.8, 0.1, 0.1), standing(3, 0.5), whole], rungs)).toBeUndefined();
  });

  test("of the highest rung counts first", () => {
    expect(nextStep([standing(1, 0.9), standing(2, 0.5, 0.5, 0.5)], rungs)).toEqual({ trial: 2, folds: 9 });
  });

  test("ranks by the folds that both have: later ones give nobody a lead", () => {
    expect(nextStep([standing(1, 0.5), standing(2, 0.4, 1, 1, 1, 1, 1, 1, 1, 1)], rungs)).toEqual({ trial: 1, folds: 3 });
  });

  test("goes on with a trial that was cut short within its step", () => {
    expect(nextStep([standing(1, 0.5, 0.5)], rungs)).toEqual({ trial: 1, folds: 3 });
  });

  test("passes over what cannot be fitted, and what has no figure comes last", () => {
    expect(nextStep([{ ...standing(1, 0.9), failed: true }, standing(2, Number.NaN), standing(3, 0.1)], rungs)).toEqual({
      trial: 3,
      folds: 3,
    });
  });

  test("leaves out a fold that has no figure for anybody", () => {
    const trials = [standing(1, 0.5, Number.NaN, 0.5), standing(2, 0.9, Number.NaN, 0.9), standing(3, 0.1, Number.NaN, 0.1)];
    expect(nextStep(trials, [3, 9])).toEqual({ trial: 2, folds: 9 });
  });

  property.prop([fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 60 }), fc.constantFrom(3, 5, 10, 27)])(
    "comes to an end with the best trial on all folds, and most on few",
    (quality, folds) => {
      const steps = rungsOf(folds, 1000);
      const trials: Standing[] = [];
      for (;;) {
        const step = nextStep(trials, steps);
        const next = step?.trial ?? trials.length;
        if (next === quality.length) break;
        trials[next] = {
          trial: next,
          failed: false,
          scores: Array.from({ length: step?.folds ?? steps[0] ?? 1 }, () => quality[next] ?? 0),
        };
      }
      const best = quality.indexOf(Math.max(...quality));
      expect(trials[best]?.scores).toHaveLength(folds);
      const measured = trials.reduce((sum, { scores }) => sum + scores.length, 0);
      expect(measured).toBeLessThanOrEqual(quality.length * folds);
    },
  );
});
