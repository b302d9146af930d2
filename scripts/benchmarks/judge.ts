import { canarySettings } from "@falconry/model/canary.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import {
  type Behaviour,
  badChallengers,
  goodChallengers,
  type SimulatedCanary,
  shareOf,
  simulateCanary,
} from "@falconry/registry/canary/simulated-canary.fixture.ts";
import type { Measurement } from "./measurement.ts";

const canariesPerRun = 200;

/** Shares of canaries at a number of requests per second to each version; who is thinly asked is more often left without a verdict. */
const limits = [
  { requestsPerSecond: 5, falseAlarms: 0.03, unsettled: 0.01 },
  { requestsPerSecond: 0.5, falseAlarms: 0.03, unsettled: 0.4 },
];
/** At any rate. */
const slippedThrough = 0.01;

/**
 * How often the judge of a canary is wrong with its default settings, on simulated traffic, of those challengers with whom it is wrong most often. Each run
 * has a seed of its own.
 */
export function measureJudge(runs: number): Measurement[] {
  return limits.flatMap(({ requestsPerSecond, falseAlarms, unsettled }) => {
    const baked = Array.from({ length: runs }, (_, run) => {
      const bakeAll = (all: Record<string, Behaviour>) => Object.values(all).map((one) => bake(one, requestsPerSecond, run + 1));
      return { good: bakeAll(goodChallengers), bad: bakeAll(badChallengers) };
    });
    const row = (what: string, limit: number, ours: number[]): Measurement => ({
      benchmark: "judge",
      what: `${what}, ${requestsPerSecond} requests/s`,
      unit: "share",
      ours,
      other: { name: "at most", runs: [limit] },
    });
    const worst = (bakes: SimulatedCanary[][], wrong: (canaries: SimulatedCanary[]) => number) => Math.max(...bakes.map(wrong));
    return [
      row(
        "good, found unhealthy",
        falseAlarms,
        baked.map(({ good }) => worst(good, (canaries) => shareOf("unhealthy", canaries))),
      ),
      row(
        "good, not found healthy",
        unsettled,
        baked.map(({ good }) => worst(good, (canaries) => 1 - shareOf("healthy", canaries))),
      ),
      row(
        "bad, found healthy",
        slippedThrough,
        baked.map(({ bad }) => worst(bad, (canaries) => shareOf("healthy", canaries))),
      ),
      row(
        "bad, not found unhealthy",
        unsettled,
        baked.map(({ bad }) => worst(bad, (canaries) => 1 - shareOf("unhealthy", canaries))),
      ),
    ];
  });
}

function bake(challenger: Behaviour, requestsPerSecond: number, seed: number): SimulatedCanary[] {
  const random = seededRandom(seed);
  return Array.from({ length: canariesPerRun }, () => simulateCanary(challenger, requestsPerSecond, canarySettings({}), random));
}
