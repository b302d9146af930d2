/**
 * What an inference container counts per model version and window, and how it is called in CloudWatch (embedded metric format). Champion and challenger
 * stand behind one variant name (D3), so SageMaker's own metrics can't tell them apart; these can. Whoever emits them and whoever judges by them read this.
 */

export const metricNamespace = "Falconry/Serving";

/** What every metric is told apart by, and nothing of higher cardinality. */
export interface MetricDimensions {
  /** Name of the SageMaker endpoint. */
  Endpoint: string;
  /** Number of the registered model version, as text; "0" is the bootstrap model. */
  ModelVersion: string;
}

/** Seconds that a container counts before it writes {@link embeddedMetrics} and begins anew; what is left when it stops is written then. */
export const metricWindowSeconds = 10;

/** Milliseconds, upper bounds (inclusive) of the latency buckets, six to a decade; one more bucket counts what is above the last. */
export const latencyBounds = [
  0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000,
  60_000,
] as const;

/** Upper bounds (inclusive) of the buckets of a prediction's probability, 0.05 wide. There is no overflow: what is above 1 is no probability. */
export const probabilityBounds = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1,
] as const;

/** What every prediction is counted as that is not counted by its class. */
export const otherClasses = "(other)";

/** What one model version did in one window, or in several, added up. Counts are whole numbers, 0 or more. */
export interface ServingCounts {
  /** Containers that began to serve: those of a fleet before it gets traffic, and from then on each in the place of one that died. */
  starts: number;
  /** Answered calls of POST /invocations, whatever the status. Pings do not count. */
  requests: number;
  /** Of these, answers with a status of 400 to 499. */
  clientErrors: number;
  /** Of these, answers with a status of 500 or more, and calls that ended without an answer. */
  serverErrors: number;
  /**
   * Successful requests (neither kind of error) by the time from the whole request received to the answer sent, per bucket: one more than
   * {@link latencyBounds}. A bucket counts what lies in it alone, so the sum is requests - clientErrors - serverErrors.
   */
  latency: number[];
  predictions: {
    /** Rows predicted, by the class as {@link countedAs} names it: those of successful requests, and of requests failed by an invalid probability. */
    byClass: Record<string, number>;
    /** The same rows by the probability of the prediction, per bucket of {@link probabilityBounds}; all 0 where the model gives no probabilities. */
    byProbability: number[];
    /** The same rows where the model gives a probability that is none: NaN, or outside [0, 1]. Their request is answered with a 500. */
    invalidProbability: number;
  };
}

export function emptyCounts(): ServingCounts {
  return {
    starts: 0,
    requests: 0,
    clientErrors: 0,
    serverErrors: 0,
    latency: Array.from({ length: latencyBounds.length + 1 }, () => 0),
    predictions: { byClass: {}, byProbability: probabilityBounds.map(() => 0), invalidProbability: 0 },
  };
}

/** Which bucket counts a value: the first whose bound is not below it, or `bounds.length` where the value is above them all. */
export function bucketOf(bounds: readonly number[], value: number): number {
  const bucket = bounds.findIndex((bound) => value <= bound);
  return bucket < 0 ? bounds.length : bucket;
}

/**
 * The name under which a prediction is counted: its class, or one name for all the classes of a model that has very many, for a class whose name is
 * too long for a metric's, and for what is no class. A number of a model without classes is counted by its first digit and its magnitude: 5.37 as
 * "5", -0.0042 as "-0.004".
 *
 * @param classes of the model, in its order
 */
export function countedAs(prediction: string | number, classes: readonly (string | number)[]): string {
  if (classes.length === 0 && typeof prediction === "number" && Number.isFinite(prediction)) return firstDigit(prediction);
  const named = classes.slice(0, maxNamedClasses).includes(prediction) && classMetric(String(prediction)).length <= maxNameLength;
  return named ? String(prediction) : otherClasses;
}

/**
 * One line of a container's log, as JSON, from which CloudWatch makes the metrics: of one window, or of what was left of it at the end. A window without
 * requests is written too: silence means that nobody counts. Counters are always in it, a start, a bucket or a class only where there was one to count:
 * lost buckets and classes show, because the sums of {@link ServingCounts} no longer hold. Every metric is a Count, kept by the second, to be added up over windows and containers.
 *
 * @param timestamp end of the window, milliseconds since 1970
 * @see Amazon CloudWatch User Guide, "Specification: Embedded metric format"
 */
export function embeddedMetrics(counts: ServingCounts, dimensions: MetricDimensions, timestamp: number) {
  const metrics = metricsOf(counts);
  const definitions = Object.keys(metrics).map((Name) => ({ Name, Unit: "Count", StorageResolution: 1 }));
  const directive = { Namespace: metricNamespace, Dimensions: [Object.keys(dimensions)], Metrics: definitions };
  return { _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] }, ...dimensions, ...metrics };
}

/** The counts that these metrics, by name, came from. A counter that is missing is NaN: not known is not 0. Metrics of another name are left alone. */
export function countsOf(metrics: Readonly<Record<string, number>>): ServingCounts {
  const classes = Object.entries(metrics).filter(([name]) => isClassMetric(name));
  return {
    starts: metrics.Starts ?? 0,
    requests: metrics.Requests ?? Number.NaN,
    clientErrors: metrics.ClientErrors ?? Number.NaN,
    serverErrors: metrics.ServerErrors ?? Number.NaN,
    latency: latencyMetrics.map((name) => metrics[name] ?? 0),
    predictions: {
      byClass: Object.fromEntries(classes.map(([name, count]) => [decodeURIComponent(name.slice(classPrefix.length)), count])),
      byProbability: probabilityMetrics.map((name) => metrics[name] ?? 0),
      invalidProbability: metrics.InvalidProbabilities ?? Number.NaN,
    },
  };
}

/** Whether it counts the predictions of one class; such metrics are as many as a model has classes. */
export function isClassMetric(name: string): boolean {
  return name.startsWith(classPrefix);
}

/**
 * With the counters and the buckets it keeps a document below the 100 metrics that the embedded metric format allows. Of a model with more classes the
 * first ones count by name, in the order of its classes.
 */
export const maxNamedClasses = 40;
/** CloudWatch's limit. */
const maxNameLength = 255;

/** Cut, not rounded: exponential notation shows the digit without any arithmetic. */
function firstDigit(value: number): string {
  const [digits = "", exponent] = value.toExponential().split("e");
  return String(Number(`${digits.split(".")[0]}e${exponent}`));
}

function metricsOf({ starts, requests, clientErrors, serverErrors, latency, predictions }: ServingCounts): Record<string, number> {
  const buckets = [
    ["Starts", starts] as const,
    ...latency.map((count, bucket) => [latencyMetrics[bucket], count] as const),
    ...predictions.byProbability.map((count, bucket) => [probabilityMetrics[bucket], count] as const),
    ...Object.entries(predictions.byClass).map(([label, count]) => [classMetric(label), count] as const),
  ];
  const counted = Object.fromEntries(buckets.filter(([, count]) => count !== 0));
  return {
    Requests: requests,
    ClientErrors: clientErrors,
    ServerErrors: serverErrors,
    InvalidProbabilities: predictions.invalidProbability,
    ...counted,
  };
}

const latencyMetrics = [...latencyBounds.map((bound) => `LatencyUpTo${bound}ms`), `LatencyOver${latencyBounds.at(-1)}ms`];
const probabilityMetrics = probabilityBounds.map((bound) => `ProbabilityUpTo${bound}`);
const classPrefix = "Predicted:";

/** Of every model, whatever its classes. */
export const commonMetrics: readonly string[] = [
  "Starts",
  "Requests",
  "ClientErrors",
  "ServerErrors",
  "InvalidProbabilities",
  ...latencyMetrics,
  ...probabilityMetrics,
];

/** A metric's name is ASCII, a class may be anything. */
function classMetric(label: string): string {
  return `${classPrefix}${encodeURIComponent(label)}`;
}
