import type { Environment } from "@falconry/environment/environment.ts";
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
  const { endpoint, since, now } = question;
  const window = question.windowSeconds * 1000;
  const from = since.getTime();
  const to = now.getTime() - window;
  const versions = [question.champion, question.challenger];
  // A window is written down at its end: the first one that began after `since` ends one window later.
  const [champion = [], challenger = []] =
    to < from + window ? [] : await readSeries(environment, { endpoint, versions, from: from + window, to, now });
  const evidenceTo = (end: number): Evidence => ({
    champion: sample(champion, { from, to: end, window }),
    challenger: sample(challenger, { from, to: end, window }),
  });
  // Of the newest window one metric may have arrived, and another not: then it does not add up, and is left out.
  const ends = [...new Set([...champion, ...challenger].map(({ time }) => time))]
    .filter((time) => time > to - patienceWindows * window)
    .sort((one, other) => other - one);
  for (const end of [to, ...ends.map((time) => time - 1)]) {
    const evidence = evidenceTo(end);
    if (faultOf(evidence) === undefined) return evidence;
  }
  return evidenceTo(to);
}

function sample(series: Series, { from, to, window }: { from: number; to: number; window: number }): Sample {
  const counted = series.filter(({ time }) => time <= to);
  const totals: Record<string, number> = {};
  for (const { counts } of counted) {
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
  }
  const counts = countsOf(totals);
  const times = counted.filter(({ counts }) => counts.Requests !== undefined).map(({ time }) => time);
  return { ...counts, requests: isSilent([from, ...times, to], window) ? Number.NaN : counts.requests, from: Math.max(from, 0), to };
}

/** @param times in order */
function isSilent(times: readonly number[], window: number): boolean {
  return times.some((time, index) => time - (times[index - 1] ?? time) > patienceWindows * window);
}
