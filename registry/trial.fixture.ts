import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateEndpointCommand, DeleteEndpointCommand } from "@aws-sdk/client-sagemaker";
import { DuckDBInstance } from "@duckdb/node-api";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { type FeatureSet, featureSetKey } from "@falconry/model/feature-set.ts";
import { lineageTags, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { writeMlmodel } from "@falconry/model/mlmodel.ts";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { classifierSignature } from "@falconry/model/signature.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { createConfiguration, createModel } from "./endpoint/create.ts";
import { describeEndpoint } from "./endpoint/describe.ts";
import { type ModelFiles, packageDigest, publishPackage } from "./endpoint/package.ts";

/** What a test may spoil about a version. */
export interface VersionSettings {
  /** Weight of the first column, the others have none: 4 answers every row right, -4 nearly every row wrong. @default 4 */
  weight?: number;
  /** Columns that the model reads. @default thrust and drag, all that there are */
  columns?: string[];
  /** Tags of the run, in place of the right ones. */
  tags?: Record<string, string>;
  /** Tags of the run, beside the right ones. */
  spoiltTags?: Record<string, string>;
  /** Added to every recorded probability. */
  recordedError?: number;
  /** @default true */
  record?: boolean;
  /** In place of the graph. */
  graph?: Uint8Array;
}

/** A workload of its own with its own endpoint in the shared region, before its first promotion. */
export interface Trial extends AsyncDisposable {
  environment: Environment;
  workload: Workload;
  endpoint: string;
  /** Registers a version, as a training would. @returns its number */
  register(settings?: VersionSettings): Promise<number>;
}

const rows = 60;
const trainRows = 30;

export async function openTrial(): Promise<Trial> {
  const name = `trial-${randomUUID().slice(0, 8)}`;
  using local = await openEnvironment("local");
  const endpoint = {
    name: `${local.descriptor.environment}-${name}`,
    variant: "live" as const,
    instanceType: "ml.m5.large",
    instanceCount: 2,
    bootstrapConfig: `${local.descriptor.environment}-${name}-bootstrap`,
  };
  const environment = connect({ ...local.descriptor, endpoints: { [name]: endpoint } });
  const features = await storeFeatures(environment, name);
  const experiment = await environment.mlflow.experiments.getOrCreate(name);
  await environment.mlflow.registeredModels.getOrCreate(name);
  await createBootstrap(environment, name);
  return {
    environment,
    endpoint: endpoint.name,
    workload: workloadOf(name),
    register: (settings = {}) => register(environment, name, experiment.experimentId, features, settings),
    async [Symbol.asyncDispose]() {
      await environment.sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint.name }));
      environment[Symbol.dispose]();
    },
  };
}

function workloadOf(name: string): Workload {
  return {
    name,
    question: "will it land?",
    source: { sample: "none.csv" },
    columns: { id: { type: "integer", description: "number of the launch" }, landed: { type: "boolean", description: "it landed" } },
    key: ["id"],
    target: { column: "landed", task: "classification" },
    features: { sql: "features.sql" },
    split: { type: "stratified", testShare: 0.5, seed: 1 },
    crossValidation: { folds: 2, seed: 1 },
    candidates: [{ name: "majority", type: "majority" }],
    metric: "accuracy",
    gates: { floor: 0.7, minimumRows: 20 },
    rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
  };
}

/** @returns digest of a feature set whose target is 1 where "thrust" is positive */
async function storeFeatures({ s3, descriptor }: Environment, workload: string): Promise<string> {
  const store = new ContentStore(s3, descriptor.lake.features);
  const select = (where: string) =>
    `SELECT i AS id, (i % 7) - 3.0 AS thrust, i::DOUBLE AS drag, CASE WHEN i % 7 > 3 THEN 1 ELSE 0 END AS landed FROM range(${rows}) t(i) WHERE ${where} ORDER BY id`;
  const part = async (path: string, where: string, count: number) => {
    const { sha256: digest, bytes } = await store.put(await parquet(select(where)));
    return { path, sha256: digest, bytes, rows: count };
  };
  const dataset = canonicalJson({ name: workload, files: [] });
  const manifest: FeatureSet = {
    workload,
    dataset: { name: workload, digest: sha256(dataset) },
    sql: sha256("select"),
    split: {},
    key: ["id"],
    target: "landed",
    classes: [0, 1],
    features: [
      { name: "thrust", type: "double" },
      { name: "drag", type: "double" },
    ],
    train: await part("train.parquet", `i < ${trainRows}`, trainRows),
    test: await part("test.parquet", `i >= ${trainRows}`, rows - trainRows),
  };
  const text = canonicalJson(manifest);
  const digest = sha256(text);
  await s3.send(new PutObjectCommand({ Bucket: descriptor.lake.features, Key: featureSetKey(digest), Body: text }));
  const key = `datasets/${workload}/${manifest.dataset.digest}.json`;
  await s3.send(new PutObjectCommand({ Bucket: descriptor.lake.clean, Key: key, Body: dataset }));
  return digest;
}

async function parquet(select: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-trial-"));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const file = join(folder, "part.parquet");
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
    return await readFile(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

function files(columns: string[], weight: number, ids: { modelId: string; runId: string }, spoilt?: Uint8Array): ModelFiles {
  const features = columns.map((name) => ({ name, type: "double" as const, impute: 0, mean: 0, scale: 1 }));
  const weights = [columns.map((_, at) => (at === 0 ? weight : 0))];
  const onnx =
    spoilt ?? classifierGraph({ features, classes: [0, 1], estimator: { type: "linear", weights, bias: [0] }, producer: "trial" });
  const mlmodel = writeMlmodel({
    ...ids,
    modelUuid: "0".repeat(32),
    createdAt: new Date(0),
    signature: classifierSignature({ features, classes: [0, 1] }),
    modelBytes: onnx.byteLength,
  });
  return { MLmodel: Buffer.from(mlmodel), "model.onnx": onnx };
}

async function register(
  { mlflow }: Environment,
  workload: string,
  experimentId: string,
  features: string,
  { weight = 4, columns = ["thrust", "drag"], tags, spoiltTags, recordedError = 0, record = true, graph }: VersionSettings,
): Promise<number> {
  const { info } = await mlflow.runs.create({ experimentId, tags: tags ?? { [lineageTags.features]: features, ...spoiltTags } });
  const model = await mlflow.loggedModels.create({ experimentId, name: workload, sourceRunId: info.runId });
  const content = files(columns, weight, { modelId: model.modelId, runId: info.runId }, graph);
  for (const [file, bytes] of Object.entries(content)) await mlflow.artifacts.upload(model.artifactUri, file, bytes);
  await mlflow.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  if (record) {
    const probabilities = Array.from({ length: rows - trainRows }, (_, row) => {
      const positive = 1 / (1 + Math.exp(-weight * (((row + trainRows) % 7) - 3))) + recordedError;
      return [1 - positive, positive];
    });
    await mlflow.artifacts.upload(info.artifactUri, recordedPredictionsPath, JSON.stringify({ classes: [0, 1], probabilities }));
  }
  await mlflow.runs.logBatch(info.runId, { metrics: [{ key: "test_accuracy", value: 1, timestamp: 0, step: 0 }] });
  await mlflow.runs.update(info.runId, { status: "FINISHED", endTime: 1 });
  const { version } = await mlflow.modelVersions.create({
    name: workload,
    source: `models:/${model.modelId}`,
    runId: info.runId,
    modelId: model.modelId,
  });
  return version;
}

/** What infrastructure makes: an endpoint that answers before anything was promoted. */
async function createBootstrap(environment: Environment, workload: string): Promise<void> {
  const endpoint = environment.descriptor.endpoints[workload];
  if (endpoint === undefined) throw new Error(`the trial has no endpoint for ${workload}`);
  const content = files(["thrust"], 0, { modelId: "m-0", runId: "0" });
  const digest = packageDigest(content);
  await publishPackage(environment, content, digest);
  const none = "0".repeat(64);
  const { bootstrapConfig } = endpoint;
  const deployment = {
    version: 0,
    run: "",
    dataset: none,
    features: none,
    package: digest,
    model: bootstrapConfig,
    config: bootstrapConfig,
  };
  await createModel(environment, workload, deployment);
  await createConfiguration(environment, workload, deployment, endpoint);
  await environment.sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint.name, EndpointConfigName: bootstrapConfig }));
  for (;;) {
    const status = (await describeEndpoint(environment.sagemaker, endpoint.name))?.status;
    if (status === "InService") return;
    if (status !== "Creating") throw new Error(`the trial's endpoint is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
