import { z } from "@falconry/model/intervals.ts";
import { sum } from "simple-statistics";
import { normalTails } from "./normal-tails.ts";

export interface RankComparison {
  /** Two-sided, in [0, 1], with corrections for ties and continuity. */
  p: number;
  /** Cliff's delta in [-1, 1]: how much more often a value of the canary is the larger of two than the smaller. */
  delta: number;
  /** Upper end of delta's 95 % interval. */
  deltaAtMost: number;
}

/**
 * Mann-Whitney test that two samples, counted in the same ordered buckets, come from the same distribution; values of one bucket are ties.
 *
 * @param control whole counts per bucket, two values or more
 * @param canary whole counts of the same buckets, two values or more
 * @see Mann and Whitney (1947); Cliff (1993), Dominance statistics; Feng and Cliff (2004) for the interval
 */
export function mannWhitney(control: readonly number[], canary: readonly number[]): RankComparison {
  const [controls, canaries] = [sum([...control]), sum([...canary])];
  const ofCanary = dominance(control, controls);
  const ofControl = dominance(canary, canaries).map((value) => -value);
  const delta = sum(canary.map((count, bucket) => count * (ofCanary[bucket] ?? 0))) / canaries;

  const all = controls + canaries;
  const ties = sum(control.map((count, bucket) => cubeLess(count + (canary[bucket] ?? 0))));
  const spread = Math.sqrt(((controls * canaries) / 12) * (all + 1 - ties / (all * (all - 1))));
  const distance = Math.max((Math.abs(delta) * controls * canaries) / 2 - 0.5, 0);
  const p = spread === 0 ? 1 : normalTails(distance / spread);

  const variance = dominanceVariance({ control, canary, ofCanary, ofControl, delta, controls, canaries });
  return { p, delta, deltaAtMost: upperEnd(delta, variance) };
}

/** Per bucket: the share of the other sample below it, less the share above it. */
function dominance(other: readonly number[], size: number): number[] {
  let below = 0;
  return other.map((count) => {
    const value = (below - (size - below - count)) / size;
    below += count;
    return value;
  });
}

/** Cliff's unbiased estimate of delta's variance; where it comes out negative, its lower limit. */
function dominanceVariance({ control, canary, ofCanary, ofControl, delta, controls, canaries }: Dominances): number {
  const rows = sum(canary.map((count, bucket) => count * ((ofCanary[bucket] ?? 0) - delta) ** 2));
  const columns = sum(control.map((count, bucket) => count * ((ofControl[bucket] ?? 0) - delta) ** 2));
  const ties = sum(control.map((count, bucket) => count * (canary[bucket] ?? 0)));
  const pairs = controls * canaries;
  const cells = pairs - ties - pairs * delta ** 2;
  const variance = (controls ** 2 * rows + canaries ** 2 * columns - cells) / (pairs * (controls - 1) * (canaries - 1));
  return Math.max(variance, (1 - delta ** 2) / (pairs - 1), 0);
}

interface Dominances {
  control: readonly number[];
  canary: readonly number[];
  ofCanary: readonly number[];
  ofControl: readonly number[];
  delta: number;
  controls: number;
  canaries: number;
}

function upperEnd(delta: number, variance: number): number {
  const scale = 1 - delta ** 2 + z ** 2 * variance;
  if (scale === 0) return delta;
  return Math.min((delta - delta ** 3 + z * Math.sqrt(variance * ((1 - delta ** 2) ** 2 + z ** 2 * variance))) / scale, 1);
}

function cubeLess(count: number): number {
  return count ** 3 - count;
}
