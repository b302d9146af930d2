import { canarySettings } from "@falconry/model/canary.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import {
  type Behaviour,
  badChallengers,
  goodChallengers,
  shareOf,
  simulateCanary,
} from "@falconry/registry/canary/simulated-canary.fixture.ts";
import type { Verdict } from "@falconry/registry/canary/verdict.ts";
import type { Measurement } from "./measurement.ts";

const canariesPerRun = 200;
/** To each version. */
const rates = [5, 0.5];

/** Shares of wrong verdicts that would do harm: a good challenger returned, a bad one gone live. */
const limits: { verdict: Verdict; limit: number; challengers: Record<string, Behaviour> }[] = [
  { verdict: "unhealthy", limit: 0.03, challengers: goodChallengers },
  { verdict: "healthy", limit: 0.01, challengers: badChallengers },
];

/** How often the judge of a canary is wrong with its default settings, on simulated traffic; each run has a seed of its own. */
export function measureJudge(runs: number): Measurement[] {
  return rates.flatMap((rate) =>
    limits.flatMap(({ verdict, limit, challengers }) =>
      Object.entries(challengers).map(([what, challenger]) => ({
        benchmark: "judge",
        what: `${verdict}, ${rate}/s: ${what}`,
        unit: "share",
        ours: Array.from({ length: runs }, (_, run) => shareOf(verdict, bake(challenger, rate, run + 1))),
        other: { name: "at most", runs: [limit] },
      })),
    ),
  );
}

function bake(challenger: Behaviour, requestsPerSecond: number, seed: number) {
  const random = seededRandom(seed);
  return Array.from({ length: canariesPerRun }, () => simulateCanary(challenger, requestsPerSecond, canarySettings({}), random));
}
