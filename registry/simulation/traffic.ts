import {
  bucketOf,
  embeddedMetrics,
  emptyCounts,
  latencyBounds,
  probabilityBounds,
  type ServingCounts,
} from "@falconry/model/serving-metrics.ts";

/** What ails a version; the judge is to find it out, or at least never to call it healthy. "uncounted": its containers tell nothing. */
export const ailments = ["errors", "slow", "shifted", "invalid", "uncounted"] as const;

export type Ailment = (typeof ailments)[number] | "none";

/** A fleet that takes a share of the endpoint's requests for a while. */
export interface Span {
  /** Of the model, as its metrics name it. */
  version: string;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** In (0, 1]. */
  share: number;
}

/** What one version's containers wrote down at the end of a window. */
export interface Window {
  /** Milliseconds since the epoch. */
  end: number;
  metrics: Readonly<Record<string, number>>;
}

export interface TrafficSettings {
  /** Of the whole endpoint. */
  requestsPerSecond: number;
  /** By version, as its metrics name it. */
  ailments: Readonly<Record<string, Ailment>>;
  windowSeconds: number;
  /** Until what was counted in a window can be read. */
  delaySeconds: number;
}

/** What an endpoint's containers counted, window by window: a pure function of who took which share when. */
export class Traffic {
  readonly #settings: TrafficSettings;
  readonly #counted = new Map<string, Record<string, number>>();

  constructor(settings: TrafficSettings) {
    this.#settings = settings;
  }

  /** Metrics by name, of a version's windows that end in (from, to] and can be read at a moment. */
  windows(spans: readonly Span[], version: string, from: number, to: number, now: number): Window[] {
    const { windowSeconds, delaySeconds, ailments: ailing } = this.#settings;
    const length = windowSeconds * 1000;
    const windows: Window[] = [];
    if (ailing[version] === "uncounted") return windows;
    const last = Math.min(to, now - delaySeconds * 1000);
    const serving = spans.filter((span) => span.version === version);
    for (let end = Math.floor(from / length) * length + length; end <= last; end += length) {
      const metrics = this.#metrics(serving, version, end);
      if (metrics !== undefined) windows.push({ end, metrics });
    }
    return windows;
  }

  #metrics(serving: readonly Span[], version: string, end: number): Record<string, number> | undefined {
    const { windowSeconds, requestsPerSecond } = this.#settings;
    const start = end - windowSeconds * 1000;
    const parts = serving.map(({ from, to, share }) => (Math.max(0, Math.min(to, end) - Math.max(from, start)) / 1000) * share);
    if (!serving.some(({ from, to }) => from < end && to > start)) return undefined;
    const requests = Math.round(parts.reduce((all, part) => all + part, 0) * requestsPerSecond);
    const key = `${version} ${requests}`;
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    const counts = countsOf(requests, this.#settings.ailments[version] ?? "none");
    const { _aws, Endpoint, ModelVersion, ...metrics } = embeddedMetrics(counts, { Endpoint: "", ModelVersion: "" }, 0);
    this.#counted.set(key, metrics);
    return metrics;
  }
}

/** Milliseconds, and the share of requests that takes so long. */
const latencies: readonly [number, number][] = [
  [3, 0.5],
  [5, 0.3],
  [10, 0.2],
];

function countsOf(requests: number, ailment: Ailment): ServingCounts {
  const counts = emptyCounts();
  const serverErrors = ailment === "errors" ? Math.round(requests / 5) : 0;
  const answered = requests - serverErrors;
  const invalidProbability = ailment === "invalid" ? Math.round(answered / 5) : 0;
  const slowness = ailment === "slow" ? 4 : 1;
  for (const [milliseconds, count] of shared(answered, latencies))
    add(counts.latency, bucketOf(latencyBounds, milliseconds * slowness), count);
  const ones = Math.round(answered * (ailment === "shifted" ? 0.2 : 0.7));
  const probabilities = shared(answered - invalidProbability, [
    [0.6, 0.5],
    [0.9, 0.5],
  ]);
  for (const [probability, count] of probabilities) add(counts.predictions.byProbability, bucketOf(probabilityBounds, probability), count);
  const byClass = { "0": answered - ones, "1": ones };
  return { ...counts, requests, serverErrors, predictions: { ...counts.predictions, byClass, invalidProbability } };
}

/** Whole numbers that add up. */
function shared(whole: number, shares: readonly [number, number][]): [number, number][] {
  let left = whole;
  return shares.map(([what, share], at) => {
    const part = at === shares.length - 1 ? left : Math.min(left, Math.round(whole * share));
    left -= part;
    return [what, part];
  });
}

function add(buckets: number[], bucket: number, count: number): void {
  buckets[bucket] = (buckets[bucket] ?? 0) + count;
}
