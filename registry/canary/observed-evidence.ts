import { CloudWatchServiceException } from "@aws-sdk/client-cloudwatch";
import type { Environment } from "@falconry/environment/environment.ts";
import { unreachable } from "@falconry/environment/unreachable.ts";
import { countsOf } from "@falconry/model/serving-metrics.ts";
import { type Evidence, faultOf, type Sample } from "./sample.ts";
import { readSeries, type Series } from "./serving-series.ts";

export interface EvidenceQuestion {
  /** Name of the SageMaker endpoint. */
  endpoint: string;
  /** Versions of the registered model. */
  champion: number;
  challenger: number;
  /** When the canary got traffic. */
  since: Date;
  now: Date;
  /** Seconds that a container counts before it writes what it counted. */
  windowSeconds: number;
}

/**
 * So many windows late a count may be, and so long may nobody count, until that means something: EMF takes some seconds from a container's log to CloudWatch,
 * and does not say how many.
 */
const patienceWindows = 3;

/**
 * What champion and challenger counted since the canary got traffic, as far as it has arrived: the windows that lie wholly between `since` and one window
 * before `now`. Where a version stopped counting, or never began, its requests are NaN, which no judge takes for healthy.
 */
export async function observedEvidence(environment: Environment, question: EvidenceQuestion): Promise<Evidence> {
  const { endpoint, since, now, windowSeconds } = question;
  const window = windowSeconds * 1000;
  const from = since.getTime();
  const to = now.getTime() - window;
  const versions = [question.champion, question.challenger];
  // A window is written down at its end: the first one that began after `since` ends one window later.
  const [champion = [], challenger = []] =
    to < from + window ? [] : await readSeries(environment, { endpoint, versions, from: from + window, to, now });
  const patience = patienceWindows * window;
  const sample = (series: Series, end: number): Sample => {
    const counts = countsOf(totals(series, end));
    return { ...counts, requests: isSilent(series, { from, to, patience }) ? Number.NaN : counts.requests, from, to: end };
  };
  const evidenceTo = (end: number): Evidence => ({ champion: sample(champion, end), challenger: sample(challenger, end) });
  // Of the newest windows one metric may have arrived, and another not: what does not add up for this is left out.
  const ends = [...champion, ...challenger].map(({ time }) => time - 1).filter((end) => end > to - patience);
  const whole = [to, ...ends.sort((one, other) => other - one)].find((end) => faultOf(evidenceTo(end)) === undefined);
  return evidenceTo(whole ?? to);
}

/** CloudWatch did not answer, or would not: that passes. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof CloudWatchServiceException ||
    unreachable(error) !== undefined ||
    (error instanceof Error && error.name === "TimeoutError")
  );
}

/** What was counted up to a moment. */
function totals(series: Series, to: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { time, counts } of series) {
    if (time > to) continue;
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** Whether there was a time, longer than the patience, in which no container of the version wrote a count, not even of no requests. */
function isSilent(series: Series, { from, to, patience }: { from: number; to: number; patience: number }): boolean {
  const times = [from, ...series.filter(({ counts }) => counts.Requests !== undefined).map(({ time }) => time), to];
  return times.some((time, index) => time - (times[index - 1] ?? time) > patience);
}
