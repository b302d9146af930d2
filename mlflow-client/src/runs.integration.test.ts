import { beforeAll, expect, test } from "vitest";
import { MlflowClient } from "./index.ts";
import { client, collect, trackingUri, unusedName } from "./live-server.ts";

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
