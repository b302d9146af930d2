import { embeddedMetrics, emptyCounts } from "@falconry/model/serving-metrics.ts";
import { describe, expect, test } from "vitest";
import { readEmbeddedMetrics } from "./embedded-metrics.ts";

const Timestamp = new Date(1_700_000_000_000);

test("a container's document becomes counts of its endpoint and model version", () => {
  const counts = { ...emptyCounts(), requests: 7, serverErrors: 2 };
  const line = JSON.stringify(embeddedMetrics(counts, { Endpoint: "falcon", ModelVersion: "3" }, Timestamp.getTime()));
  const Dimensions = [
    { Name: "Endpoint", Value: "falcon" },
    { Name: "ModelVersion", Value: "3" },
  ];
  const common = { Dimensions, Timestamp, Unit: "Count", StorageResolution: 1 };
  expect(readEmbeddedMetrics(line)).toEqual([
    {
      namespace: "Falconry/Serving",
      data: [
        { MetricName: "Requests", Value: 7, ...common },
        { MetricName: "ClientErrors", Value: 0, ...common },
        { MetricName: "ServerErrors", Value: 2, ...common },
        { MetricName: "InvalidProbabilities", Value: 0, ...common },
      ],
    },
  ]);
});

describe("the format", () => {
  function document(members: Record<string, unknown>, directive: Record<string, unknown> = {}): string {
    const metrics = { Namespace: "N", Dimensions: [["A"]], Metrics: [{ Name: "M" }], ...directive };
    return JSON.stringify({ _aws: { Timestamp: Timestamp.getTime(), CloudWatchMetrics: [metrics] }, A: "a", B: 2, ...members });
  }

  test("holds many values of one metric, or a histogram", () => {
    expect(readEmbeddedMetrics(document({ M: [1, 2] }))[0]?.data).toMatchObject([{ Values: [1, 2] }]);
    expect(readEmbeddedMetrics(document({ M: { Values: [5, 7], Counts: [2, 1] } }))[0]?.data).toMatchObject([
      { Values: [5, 7], Counts: [2, 1] },
    ]);
  });

  test("counts a value once for every set of dimensions, the empty one included", () => {
    const [metrics] = readEmbeddedMetrics(document({ M: 1 }, { Dimensions: [[], ["A"], ["A", "B"]] }));
    expect(metrics?.data.map(({ Dimensions }) => Dimensions?.map(({ Value }) => Value))).toEqual([[], ["a"], ["a", "2"]]);
  });

  test.each([
    ["another line of the log", '{"level":30,"msg":"ready"}'],
    ["text", 'says "_aws"'],
    ["a line that was cut", document({ M: 1 }).slice(0, -2)],
    ["a document without its directive", '{"_aws":{"Timestamp":1}}'],
  ])("%s holds none", (_, line) => {
    expect(readEmbeddedMetrics(line)).toEqual([]);
  });

  test("a value or a dimension that is not there is left out", () => {
    expect(readEmbeddedMetrics(document({}))[0]?.data).toEqual([]);
    expect(readEmbeddedMetrics(document({ M: 1 }, { Dimensions: [["C"]] }))[0]?.data).toEqual([]);
  });
});
