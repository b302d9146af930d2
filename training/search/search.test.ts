import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import type { Metrics } from "../evaluation/measure.ts";
import type { FoldMemory, Outcome } from "../journal/fold-memory.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { nestedEstimate } from "./nested.ts";
import { type Procedure, quiet, selectCandidate } from "./select-candidate.ts";

const count = 600;
const x = Array.from({ length: count }, (_, row) => row % 7);
const rows = tableOf(
  { x: numbers(x) },
  x.map((value) => Number(value > 3)),
);

/** As good as its C is large, up to what fits: 100 and more cannot be fitted. */
function regression(settings: CandidateSettings): Candidate {
  const C = settings.type === "logistic-regression" ? settings.C : Number.NaN;
  return {
    name: settings.name,
    settings: { C: String(C) },
    searchSpace: settings.name === "fixed" ? {} : { C: { type: "number", low: 0.01, high: 1000, scale: "log" } },
    inputs: "standardised",
    async fit({ labels }) {
      if (C > 100) throw new FalconryError("train.candidate-failed", { message: `C is ${C}`, hint: "smaller" });
      const right = Math.min(0.9, 0.5 + Math.log10(1 + C) / 5) * labels.length;
      return {
        predict: (inputs) =>
          Array.from({ length: inputs.rows }, (_, row) => ((row * 37) % labels.length < right ? [0.8, 0.2] : [0.2, 0.8])),
        estimator: { type: "constant", probabilities: [1, 0] },
      };
    },
  };
}

const procedure = (change: Partial<Procedure> = {}): Procedure => ({
  candidates: [
    { name: "fixed", type: "logistic-regression", C: 0.01 },
    { name: "varied", type: "logistic-regression", C: 0.01 },
  ],
  make: async (settings) => regression(settings),
  crossValidation: { folds: 6, seed: 3 },
  metric: "accuracy",
  budget: { trials: 20 },
  ...change,
});

/** Remembers, and is killed before the piece with that number. */
function memory(pieces = new Map<string, Outcome>(), killedBefore = Number.POSITIVE_INFINITY): FoldMemory {
  return async (key, measureNow) => {
    const known = pieces.get(key);
    if (known === undefined && pieces.size >= killedBefore) throw new Error("killed");
    const outcome = known ?? (await outcomeOf(measureNow));
    pieces.set(key, outcome);
    return { outcome, at: pieces.size, seconds: 1 };
  };
}

async function outcomeOf(measureNow: () => Promise<Metrics<number>>): Promise<Outcome> {
  try {
    return { metrics: await measureNow() };
  } catch (error) {
    if (error instanceof FalconryError) return { failure: { message: error.message, hint: error.hint } };
    throw error;
  }
}

const told = ({ best, compared, trials }: Awaited<ReturnType<typeof selectCandidate>>) => ({
  best: best.candidate.name,
  compared: compared.map(({ candidate, results }) => [candidate.name, candidate.settings, results.metrics]),
  trials: trials.map(({ number, candidate, folds, failure }) => [number, candidate.settings, folds.length, failure]),
});

describe("a search", () => {
  test("varies the settings of a workload's own module, beside the ones that it leaves alone", async () => {
    const made: CandidateSettings[] = [];
    const own: CandidateSettings = { name: "varied", type: "module", module: "./own.ts", settings: { C: 1, depth: 3 } };
    const make = async (settings: CandidateSettings) => {
      made.push(settings);
      return regression(settings);
    };
    await selectCandidate(rows, procedure({ candidates: [own], make, budget: { trials: 1 } }), quiet(memory()));
    expect(made[1]).toEqual({ ...own, settings: { C: expect.any(Number), depth: 3 } });
    expect(made[1]).not.toEqual(own);
  });

  test("tries as many settings as its budget says, the better ones on more folds, and puts the best beside the declared", async () => {
    const { trials, compared, best } = await selectCandidate(rows, procedure(), quiet(memory()));
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(new Set(trials.map(({ of }) => of))).toEqual(new Set(["varied"]));
    const whole = trials.filter(({ folds }) => folds.length === 6);
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.length).toBeLessThan(trials.length / 2);
    expect(compared.map(({ candidate }) => candidate.name)).toEqual(["fixed", "varied", best.candidate.name]);
    expect(best.candidate.name).toMatch(/^varied-trial-\d+$/);
  });

  test("counts settings that cannot be fitted, says why, and goes on", async () => {
    const { trials } = await selectCandidate(rows, procedure({ budget: { trials: 40 } }), quiet(memory()));
    const failed = trials.filter(({ failure }) => failure !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    for (const { failure, folds } of failed) expect([failure?.startsWith("C is "), folds.length]).toEqual([true, 0]);
    expect(trials).toHaveLength(40);
  });

  test("ends when its seconds are spent, those before a kill included", async () => {
    const pieces = new Map<string, Outcome>();
    const { trials } = await selectCandidate(rows, procedure({ budget: { seconds: 15 } }), quiet(memory(pieces)));
    expect(trials.reduce((sum, { folds, failure }) => sum + folds.length + (failure === undefined ? 0 : 1), 0)).toBe(15);
    const again = await selectCandidate(rows, procedure({ budget: { seconds: 15 } }), quiet(memory(pieces, 0)));
    expect(again.trials).toHaveLength(trials.length);
  });

  test("where no candidate has settings to vary tries none", async () => {
    const { trials } = await selectCandidate(
      rows,
      procedure({ candidates: [{ name: "fixed", type: "logistic-regression", C: 1 }] }),
      quiet(memory()),
    );
    expect(trials).toEqual([]);
  });

  test("leaves a declared candidate that cannot be fitted an error", async () => {
    const candidates: CandidateSettings[] = [{ name: "varied", type: "logistic-regression", C: 500 }];
    await expect(selectCandidate(rows, procedure({ candidates }), quiet(memory()))).rejects.toMatchObject({
      code: "train.candidate-failed",
      hint: "smaller",
    });
  });

  property.prop([fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 })], { numRuns: 20 })(
    "killed anywhere, any number of times, it ends with what it would have ended with",
    async (kills) => {
      const pieces = new Map<string, Outcome>();
      for (const killedBefore of kills) await selectCandidate(rows, procedure(), quiet(memory(pieces, killedBefore))).catch(() => {});
      const resumed = await selectCandidate(rows, procedure(), quiet(memory(pieces)));
      expect(told(resumed)).toEqual(told(await selectCandidate(rows, procedure(), quiet(memory()))));
    },
  );
});

describe("a nested cross-validation", () => {
  test("searches anew without each outer fold, and measures what it chose on that fold", async () => {
    const pieces = new Map<string, Outcome>();
    const nested = await nestedEstimate(rows, procedure(), 3, memory(pieces), () => {});
    expect(nested?.folds.accuracy).toHaveLength(3);
    for (const outer of [0, 1, 2]) {
      expect([...pieces.keys()]).toContain(`outer ${outer}`);
      expect([...pieces.keys()].filter((key) => key.startsWith(`outer ${outer}/trial `)).length).toBeGreaterThan(20);
    }
  });

  test("killed anywhere goes on", async () => {
    const undisturbed = await nestedEstimate(rows, procedure(), 3, memory(), () => {});
    const pieces = new Map<string, Outcome>();
    for (const killedBefore of [10, 70, 90])
      await nestedEstimate(rows, procedure(), 3, memory(pieces, killedBefore), () => {}).catch(() => {});
    expect(await nestedEstimate(rows, procedure(), 3, memory(pieces), () => {})).toEqual(undisturbed);
  });

  test("is left out where a class has too few rows to be dealt twice", async () => {
    const labels = rows.labels.map((_, row) => Number(row < 2));
    expect(await nestedEstimate({ ...rows, labels }, procedure(), 3, memory(), () => {})).toBeUndefined();
  });
});
