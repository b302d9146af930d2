import { beforeAll, describe, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { MlflowClient, where } from "./index.ts";
import { client, trackingUri, unusedName } from "./live-server.ts";

const timestamp = 1_700_000_000_000;
let experimentId: string;

beforeAll(async () => {
  experimentId = (await client.experiments.getOrCreate(unusedName())).experimentId;
});

test("a run tells what was logged to it", async () => {
  const { info } = await client.runs.create({ experimentId, runName: "logistic", tags: { candidate: "logistic" }, startTime: timestamp });
  await client.runs.logBatch(info.runId, {
    metrics: [
      { key: "loss", value: 0.9, timestamp, step: 1 },
      { key: "loss", value: 0.5, timestamp, step: 2 },
    ],
    params: { C: "0.1", note: "" },
    tags: { seed: "7" },
  });
  await client.runs.setTag(info.runId, "dataset", "é");
  const dataset = {
    name: "falcon",
    digest: "0123456789abcdef",
    sourceType: "s3",
    source: '{"uri":"s3://features/falcon"}',
    schema: "{}",
    profile: "{}",
  };
  await client.runs.logDatasets(info.runId, [{ dataset, tags: { "mlflow.data.context": "training" } }]);
  await client.runs.update(info.runId, { status: "FINISHED", endTime: timestamp + 1000 });

  const run = await client.runs.get(info.runId);
  expect(run.info).toMatchObject({
    runName: "logistic",
    experimentId,
    status: "FINISHED",
    startTime: timestamp,
    endTime: timestamp + 1000,
  });
  expect(run.data.metrics).toEqual({ loss: 0.5 });
  expect(run.data.params).toEqual({ C: "0.1", note: "" });
  expect(run.data.tags).toMatchObject({ candidate: "logistic", seed: "7", dataset: "é" });
  expect(run.inputs.datasets).toEqual([{ dataset, tags: { "mlflow.data.context": "training" } }]);
});

test("more than one request may hold is logged whole, and read page by page", async () => {
  const runId = await newRun();
  const metrics = Array.from({ length: 2100 }, (_, step) => ({ key: "loss", value: 1 / (step + 1), timestamp: timestamp + step, step }));
  const params = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`param ${index}`, String(index)]));
  await client.runs.logBatch(runId, { metrics, params });
  expect((await client.runs.get(runId)).data.params).toEqual(params);
  expect(await collect(client.runs.metricHistory(runId, "loss", { pageSize: 900 }))).toEqual(metrics);
});

test("NaN stays NaN, and an infinity becomes the largest number of its sign", async () => {
  const runId = await newRun();
  const values = { nan: Number.NaN, above: Number.POSITIVE_INFINITY, below: Number.NEGATIVE_INFINITY };
  await client.runs.logBatch(runId, { metrics: Object.entries(values).map(([key, value]) => ({ key, value, timestamp, step: 0 })) });
  expect((await client.runs.get(runId)).data.metrics).toEqual({ nan: Number.NaN, above: Number.MAX_VALUE, below: -Number.MAX_VALUE });
});

test("a retried batch never doubles a point", async () => {
  const runId = await newRun();
  const metrics = [{ key: "loss", value: 0.5, timestamp, step: 1 }];
  await losingTheFirstAnswer().runs.logBatch(runId, { metrics, params: { C: "0.1" }, tags: { seed: "7" } });
  expect(await collect(client.runs.metricHistory(runId, "loss"))).toEqual(metrics);
});

test("a retried dataset is one input", async () => {
  const runId = await newRun();
  const dataset = { name: "falcon", digest: "0123456789abcdef", sourceType: "s3", source: "{}" };
  await losingTheFirstAnswer().runs.logDatasets(runId, [{ dataset, tags: { "mlflow.data.context": "training" } }]);
  expect((await client.runs.get(runId)).inputs.datasets).toHaveLength(1);
});

test("a search filters, orders and goes through all pages", async () => {
  const { experimentId: own } = await client.experiments.getOrCreate(unusedName());
  for (const accuracy of [0.6, 0.9, 0.7, 0.8]) {
    const { info } = await client.runs.create({ experimentId: own });
    await client.runs.logBatch(info.runId, { metrics: [{ key: "accuracy", value: accuracy, timestamp, step: 0 }] });
  }
  const best = client.runs.search({
    experimentIds: [own],
    filter: "metrics.accuracy > 0.65",
    orderBy: ["metrics.accuracy DESC"],
    pageSize: 2,
  });
  expect((await collect(best)).map((run) => run.data.metrics.accuracy)).toEqual([0.9, 0.8, 0.7]);
});

test("a param that is logged again with another value is refused", async () => {
  const runId = await newRun();
  await client.runs.logBatch(runId, { params: { C: "0.1" } });
  await expect(client.runs.logBatch(runId, { params: { C: "1" } })).rejects.toMatchObject({ status: 400, code: "INVALID_PARAMETER_VALUE" });
});

test("a run is renamed, and keeps its status", async () => {
  const runId = await newRun();
  await client.runs.update(runId, { runName: "second thoughts" });
  expect((await client.runs.get(runId)).info).toMatchObject({ runName: "second thoughts", status: "RUNNING" });
});

test.for(["FINISHED", "FAILED", "KILLED", "SCHEDULED"] as const)("a run may be %s", async (status) => {
  const runId = await newRun();
  await client.runs.update(runId, { status, endTime: timestamp });
  expect((await client.runs.get(runId)).info).toMatchObject({ status, endTime: timestamp });
});

test("a deleted run takes nothing and is searched on request only, until it is restored", async () => {
  const { experimentId: own } = await client.experiments.getOrCreate(unusedName());
  const { info } = await client.runs.create({ experimentId: own });
  const found = async (lifecycle: "active" | "deleted" | "all") =>
    (await collect(client.runs.search({ experimentIds: [own], lifecycle }))).length;

  await client.runs.delete(info.runId);
  expect([await found("active"), await found("deleted"), await found("all")]).toEqual([0, 1, 1]);
  await expect(client.runs.logBatch(info.runId, { tags: { a: "1" } })).rejects.toMatchObject({ code: "INVALID_PARAMETER_VALUE" });

  await client.runs.restore(info.runId);
  expect([await found("active"), await found("deleted"), await found("all")]).toEqual([1, 0, 1]);
});

test("a tag is overwritten and deleted; one that is not there cannot be", async () => {
  const runId = await newRun();
  await client.runs.setTag(runId, "note", "first");
  await client.runs.setTag(runId, "note", "");
  expect((await client.runs.get(runId)).data.tags.note).toBe("");
  await client.runs.deleteTag(runId, "note");
  expect((await client.runs.get(runId)).data.tags.note).toBeUndefined();
  await expect(client.runs.deleteTag(runId, "note")).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
});

test("a metric that was never logged has no history", async () => {
  expect(await collect(client.runs.metricHistory(await newRun(), "accuracy"))).toEqual([]);
});

test("of a metric, the run shows the point with the highest step, then the latest, then the greatest", async () => {
  const runId = await newRun();
  const points = [
    { value: 1, timestamp: 5, step: 2 },
    { value: 9, timestamp: 9, step: 1 },
    { value: 3, timestamp: 7, step: 2 },
    { value: 2, timestamp: 7, step: 2 },
    { value: 7, timestamp: 9, step: -1 },
  ];
  await client.runs.logBatch(runId, { metrics: points.map((point) => ({ key: "loss", ...point })) });
  expect((await client.runs.get(runId)).data.metrics).toEqual({ loss: 3 });
});

test("a metric may name the model and the dataset that it was measured with", async () => {
  const runId = await newRun();
  const dataset = { name: "launches", digest: "0123" };
  await client.runs.logDatasets(runId, [{ dataset: { ...dataset, sourceType: "s3", source: "{}" } }]);
  const { modelId } = await client.loggedModels.create({ experimentId, name: "falcon", sourceRunId: runId });
  const metric = { key: "auc", value: 0.8, timestamp, step: 0, modelId, dataset };
  await client.runs.logBatch(runId, { metrics: [metric] });
  expect((await client.loggedModels.get(modelId)).metrics).toEqual([metric]);
});

test("a run names the models that it used", async () => {
  const runId = await newRun();
  const { modelId } = await client.loggedModels.create({ experimentId, name: "falcon" });
  await client.runs.logModelInputs(runId, [modelId]);
  expect((await client.runs.get(runId)).inputs.models).toEqual([modelId]);
});

describe("a filter finds what it says", () => {
  let own: string;

  beforeAll(async () => {
    own = (await client.experiments.getOrCreate(unusedName())).experimentId;
    const hostile = { "a b": "it's", "mlflow.note": 'so "good"', percent: "100%", and: "1 AND 2; DROP" };
    for (const [index, accuracy] of [0.5, -1e-7, 12345.678].entries()) {
      const { info } = await client.runs.create({ experimentId: own, runName: `run ${index}`, startTime: 1000 + index });
      const params = { index: String(index) };
      await client.runs.logBatch(info.runId, {
        metrics: [{ key: "eval/acc - x", value: accuracy, timestamp, step: 0 }],
        params,
        tags: index === 0 ? hostile : {},
      });
    }
    const { info } = await client.runs.create({ experimentId: own, runName: "other", startTime: 2000 });
    await client.runs.logDatasets(info.runId, [{ dataset: { name: "launches", digest: "0123", sourceType: "s3", source: "{}" } }]);
  });

  const metric = where.run.metric("eval/acc - x");
  test.for([
    [metric.isAbove(0.4), ["run 0", "run 2"]],
    [metric.isBelow(0), ["run 1"]],
    [metric.isAtLeast(12345.678), ["run 2"]],
    [metric.isAtMost(-1e-7), ["run 1"]],
    [metric.is(0.5), ["run 0"]],
    [metric.isNot(0.5), ["run 1", "run 2"]],
    [where.run.tag("a b").is("it's"), ["run 0"]],
    [where.run.tag("mlflow.note").is('so "good"'), ["run 0"]],
    [where.run.tag("percent").is("100%"), ["run 0"]],
    [where.run.tag("and").is("1 AND 2; DROP"), ["run 0"]],
    [where.run.param("index").isNot("1"), ["run 0", "run 2"]],
    [where.run.name.isLike("run%"), ["run 0", "run 1", "run 2"]],
    [where.run.name.isLikeAnyCase("RUN 2"), ["run 2"]],
    [where.run.status.is("RUNNING"), ["other", "run 0", "run 1", "run 2"]],
    [where.run.startTime.isAbove(1001), ["other", "run 2"]],
    [where.run.dataset.name.isIn(["launches", "landings"]), ["other"]],
    [where.run.dataset.digest.is("0123"), ["other"]],
    [where.run.name.isLike("run%").and(metric.isAbove(0), where.run.param("index").is("2")), ["run 2"]],
  ] as const)("%s", async ([filter, names]) => {
    const found = await collect(client.runs.search({ experimentIds: [own], filter }));
    expect(found.map(({ info }) => info.runName).sort()).toEqual(names);
  });

  test("by a list of ids", async () => {
    const all = await collect(client.runs.search({ experimentIds: [own] }));
    const ids = all.slice(0, 2).map(({ info }) => info.runId);
    const found = await collect(client.runs.search({ experimentIds: [own], filter: where.run.id.isIn(ids) }));
    expect(found.map(({ info }) => info.runId).sort()).toEqual(ids.sort());
  });
});

test.for(["metrics.accuracy >", "attributes.nothing = 'x'", "params.C = 1", "metrics.a > 1 OR metrics.b > 1"])(
  "the filter %j is refused",
  async (filter) => {
    const search = collect(client.runs.search({ experimentIds: [experimentId], filter }));
    await expect(search).rejects.toMatchObject({ status: 400, code: "INVALID_PARAMETER_VALUE" });
  },
);

async function newRun(): Promise<string> {
  return (await client.runs.create({ experimentId, startTime: timestamp })).info.runId;
}

function losingTheFirstAnswer(): MlflowClient {
  let lost = false;
  const losing: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    if (lost) return response;
    lost = true;
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  };
  return new MlflowClient({ trackingUri, fetch: losing, sleep: async () => {} });
}
