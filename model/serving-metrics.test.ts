import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  bucketOf,
  countedAs,
  countsOf,
  embeddedMetrics,
  emptyCounts,
  latencyBounds,
  metricNamespace,
  probabilityBounds,
} from "./serving-metrics.ts";

const count = fc.integer({ min: 0, max: 1_000_000 });
const buckets = (length: number) => fc.array(count, { minLength: length, maxLength: length });
const label = fc.string({ unit: "grapheme", minLength: 1, size: "medium" }).map((name) => countedAs(name, [name]));
const arbitraryCounts = fc.record({
  starts: count,
  requests: count,
  clientErrors: count,
  serverErrors: count,
  latency: buckets(latencyBounds.length + 1),
  predictions: fc.record({
    byClass: fc.dictionary(label, fc.integer({ min: 1, max: 1_000 }), {
      maxKeys: 41,
    }),
    byProbability: buckets(probabilityBounds.length),
    invalidProbability: count,
  }),
});

const dimensions = { Endpoint: "dev-falcon", ModelVersion: "3" };

describe("a document of metrics", () => {
  test("in the embedded metric format", () => {
    const counts = emptyCounts();
    counts.requests = 3;
    counts.latency[bucketOf(latencyBounds, 12)] = 3;
    counts.predictions.byProbability[bucketOf(probabilityBounds, 0.93)] = 3;
    counts.predictions.byClass["1"] = 3;
    const metrics = {
      Requests: 3,
      ClientErrors: 0,
      ServerErrors: 0,
      InvalidProbabilities: 0,
      LatencyUpTo15ms: 3,
      "ProbabilityUpTo0.95": 3,
      "Predicted:1": 3,
    };
    const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: "Count", StorageResolution: 1 }));
    expect(embeddedMetrics(counts, dimensions, 1_700_000_000_000)).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [["Endpoint", "ModelVersion"]], Metrics }],
      },
      ...dimensions,
      ...metrics,
    });
  });

  test("of a window in which nothing happened holds the counters all the same", () => {
    expect(embeddedMetrics(emptyCounts(), dimensions, 0)).toMatchObject({ Requests: 0, ClientErrors: 0, ServerErrors: 0 });
  });

  test.prop([arbitraryCounts])("gives the counts back", (counts) => {
    const { _aws, Endpoint, ModelVersion, ...metrics } = embeddedMetrics(counts, dimensions, 0);
    expect(countsOf(metrics)).toEqual(counts);
  });

  test.prop([arbitraryCounts])("has no more metrics, and no other names, than CloudWatch takes", (counts) => {
    const names = embeddedMetrics(counts, dimensions, 0)._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
    expect(names.length).toBeLessThanOrEqual(100);
    for (const name of names) expect(name).toMatch(/^[\x21-\x7e]{1,255}$/);
  });
});

test("a counter that nobody sent is not known, which is not 0", () => {
  expect(countsOf({})).toMatchObject({ requests: Number.NaN, clientErrors: Number.NaN, serverErrors: Number.NaN });
});

test("of very many classes the first count by name", () => {
  const classes = Array.from({ length: 1_000 }, (_, index) => index);
  expect([0, 39, 40, 999].map((label) => countedAs(label, classes))).toEqual(["0", "39", "(other)", "(other)"]);
  expect(countedAs("lost", ["lost", "landed"])).toBe("lost");
  expect(countedAs("drifts", [])).toBe("(other)");
});

test.each([
  [0, 0],
  [0.5, 0],
  [0.500001, 1],
  [60_000, latencyBounds.length - 1],
  [60_001, latencyBounds.length],
])("%d ms is counted in bucket %i", (milliseconds, bucket) => {
  expect(bucketOf(latencyBounds, milliseconds)).toBe(bucket);
});

test.each([
  [5.37, "5"],
  [9.999, "9"],
  [-0.0042, "-0.004"],
  [131_072, "100000"],
  [3e22, "3e+22"],
  [0, "0"],
  [Number.NaN, "(other)"],
] as const)("a regression's answer %d is counted as %s, by its first digit and its magnitude", (value, name) => {
  expect(countedAs(value, [])).toBe(name);
});
