import { wilsonInterval } from "@falconry/model/intervals.ts";
import { sum } from "simple-statistics";

/** A quantile and its 95 % interval. */
export interface QuantileEstimate {
  value: number;
  low: number;
  high: number;
}

/**
 * A quantile of what was counted in buckets, taken as spread evenly over each; what is above the last bound counts as being there.
 *
 * @param counts one more than `bounds`, one value at least
 * @param bounds upper bounds, ascending; the first bucket begins at 0
 * @see Conover (1999), Practical Nonparametric Statistics, 3.2: the interval of a quantile from that of its rank, here Wilson's
 */
export function bucketQuantile(counts: readonly number[], bounds: readonly number[], quantile: number): QuantileEstimate {
  const size = sum([...counts]);
  const { low, high } = wilsonInterval(quantile * size, size);
  const at = (rank: number) => valueAt(rank * size, counts, bounds);
  return { value: at(quantile), low: at(low), high: at(high) };
}

function valueAt(rank: number, counts: readonly number[], bounds: readonly number[]): number {
  let below = 0;
  for (const [bucket, bound] of bounds.entries()) {
    const count = counts[bucket] ?? 0;
    if (count > 0 && below + count >= rank) {
      const start = bounds[bucket - 1] ?? 0;
      return start + (bound - start) * ((rank - below) / count);
    }
    below += count;
  }
  return bounds.at(-1) ?? 0;
}
