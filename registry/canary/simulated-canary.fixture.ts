import type { CanarySettings } from "@falconry/model/canary.ts";
import {
  bucketOf,
  emptyCounts,
  latencyBounds,
  metricWindowSeconds,
  probabilityBounds,
  type ServingCounts,
} from "@falconry/model/serving-metrics.ts";
import { judge } from "./judge.ts";
import type { Evidence, Sample } from "./sample.ts";
import type { Verdict } from "./verdict.ts";

/** How a simulated model version serves. */
export interface Behaviour {
  /** Shares of requests. */
  serverErrors: number;
  clientErrors: number;
  /** Milliseconds; latencies are log-normal with this median, and a spread (standard deviation of the logarithm) of `spread`. */
  median: number;
  spread: number;
  /** Share of predictions of class "1"; the others are "0". */
  ones: number;
  /** Probabilities are 1 - u ** sureness / 2, u uniform in [0, 1): the higher, the surer. */
  sureness: number;
  /** Share of predictions whose probability is NaN. */
  invalid: number;
  /** Every request after so many gets a 5xx. */
  crashesAfter: number;
}

/** An ordinary model: it is not without errors. */
const champion: Behaviour = {
  serverErrors: 0.002,
  clientErrors: 0.01,
  median: 4,
  spread: 0.5,
  ones: 0.67,
  sureness: 2,
  invalid: 0,
  crashesAfter: Number.POSITIVE_INFINITY,
};

export const goodChallengers: Record<string, Behaviour> = {
  "exactly alike": champion,
  "1.2 times as slow, 2 points fewer ones, surer": { ...champion, median: 4.8, ones: 0.65, sureness: 3 },
};

/** By what ails them. */
export const badChallengers: Record<string, Behaviour> = {
  "3 times as slow": { ...champion, median: 12 },
  "2 % more server errors": { ...champion, serverErrors: 0.022 },
  "refuses 5 % of what the champion takes": { ...champion, clientErrors: 0.06 },
  "wrong on half of a class": { ...champion, ones: 0.335 },
  "constant output": { ...champion, ones: 1, sureness: 0 },
  "NaN for 2 %": { ...champion, invalid: 0.02 },
  "crashes after 500 requests": { ...champion, crashesAfter: 500 },
};

export interface SimulatedCanary {
  /** Unhealthy where one look found it so, else what the last one found. */
  verdict: Verdict;
  /** When it was found. */
  seconds: number;
}

/**
 * Bakes a challenger beside the champion, one request of one row after another, and judges at the end of every window, until the judge finds it unhealthy or
 * would have to fall silent. So many looks at growing samples are what a real bake does, and what makes chance findings likelier than in a single one.
 *
 * @param requestsPerSecond to each of both
 * @param random uniform in [0, 1)
 */
export function simulateCanary(
  challenger: Behaviour,
  requestsPerSecond: number,
  settings: CanarySettings,
  random: () => number,
): SimulatedCanary {
  const samples = { champion: sampleOf(emptyCounts(), 0), challenger: sampleOf(emptyCounts(), 0) } satisfies Evidence;
  const end = settings.maxBakeSeconds - settings.silenceToAlarmSeconds;
  let verdict: Verdict = "inconclusive";
  let seconds = 0;
  while (seconds + metricWindowSeconds <= end && verdict !== "unhealthy") {
    seconds += metricWindowSeconds;
    for (const [sample, behaviour] of [
      [samples.champion, champion],
      [samples.challenger, challenger],
    ] as const) {
      for (let count = 0; count < requestsPerSecond * metricWindowSeconds; count++) serve(sample, behaviour, random);
      sample.to = 1000 * seconds;
    }
    verdict = judge(samples, settings).verdict;
  }
  return { verdict, seconds };
}

/** Of these canaries, the share that ended with a verdict. */
export function shareOf(verdict: Verdict, canaries: readonly SimulatedCanary[]): number {
  return canaries.filter((canary) => canary.verdict === verdict).length / canaries.length;
}

/** Counts as a sample of the first so many seconds since 1970. */
export function sampleOf(counts: ServingCounts, seconds: number): Sample {
  return { ...counts, from: 0, to: 1000 * seconds };
}

function serve(sample: ServingCounts, behaviour: Behaviour, random: () => number): void {
  sample.requests++;
  if (sample.requests > behaviour.crashesAfter || random() < behaviour.serverErrors) {
    sample.serverErrors++;
    return;
  }
  if (random() < behaviour.clientErrors) {
    sample.clientErrors++;
    return;
  }
  const { latency, predictions } = sample;
  const milliseconds = behaviour.median * Math.exp(behaviour.spread * standardNormal(random));
  increment(latency, bucketOf(latencyBounds, milliseconds));
  const label = random() < behaviour.ones ? "1" : "0";
  predictions.byClass[label] = (predictions.byClass[label] ?? 0) + 1;
  if (random() < behaviour.invalid) predictions.invalidProbability++;
  else increment(predictions.byProbability, bucketOf(probabilityBounds, 1 - random() ** behaviour.sureness / 2));
}

function increment(buckets: number[], bucket: number): void {
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
}

/** @see Box and Muller (1958) */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
