import { latencyBounds } from "@falconry/model/serving-metrics.ts";
import { successes } from "../sample.ts";
import { bucketQuantile } from "../statistics/bucket-quantile.ts";
import { mannWhitney } from "../statistics/mann-whitney.ts";
import type { Finding } from "../verdict.ts";
import type { Check } from "./check.ts";

/** Where the slow tenth of requests begins. */
const slow = 0.9;

/**
 * Latency of successful requests. Slower is what is slower by its ranks and by its slow tenth: ranks alone condemn a constant tenth of a millisecond, a
 * percentile alone a few stragglers.
 */
export const latency: Check = ({ champion, challenger }, { minimumRequests, latencyEffect, latencyRatio, significance }): Finding => {
  const name = "latency";
  const required = `Cliff's delta at most ${latencyEffect}, or a 90th percentile at most ${latencyRatio} times the champion's; ${minimumRequests} or more successes each`;
  if (Math.min(successes(champion), successes(challenger)) < minimumRequests) {
    const measured = `${successes(challenger)} successful requests, the champion ${successes(champion)}`;
    return { name, verdict: "inconclusive", measured, required, numbers: {} };
  }
  const { p, delta, deltaAtMost } = mannWhitney(champion.latency, challenger.latency);
  const before = bucketQuantile(champion.latency, latencyBounds, slow);
  const after = bucketQuantile(challenger.latency, latencyBounds, slow);
  const [ratio, ratioAtMost] = [after.value / before.value, after.high / before.low];
  const worse = delta > latencyEffect && ratio > latencyRatio && p < significance;
  const excluded = deltaAtMost <= latencyEffect || ratioAtMost <= latencyRatio;
  return {
    name,
    verdict: worse ? "unhealthy" : excluded ? "healthy" : "inconclusive",
    measured: `delta ${delta.toFixed(2)}, at most ${deltaAtMost.toFixed(2)}; 90th percentile ${after.value.toFixed(1)} ms, the champion's ${before.value.toFixed(1)} ms`,
    required,
    numbers: { champion: before.value, challenger: after.value, ratio, ratioAtMost, delta, deltaAtMost, p, latencyEffect, latencyRatio },
  };
};
