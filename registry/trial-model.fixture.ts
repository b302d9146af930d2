import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DuckDBInstance } from "@duckdb/node-api";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import { endpointOf } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { type FeatureSet, featureSetKey } from "@falconry/model/feature-set.ts";
import type { RecordedProbabilities } from "@falconry/model/lineage.ts";
import { writeMlmodel } from "@falconry/model/mlmodel.ts";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { packageDigest } from "@falconry/model/package.ts";
import { metricWindowSeconds } from "@falconry/model/serving-metrics.ts";
import { graphSignature } from "@falconry/model/signature.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { createConfiguration, createModel } from "./endpoint/create.ts";
import { type ModelFiles, publishPackage } from "./endpoint/package.ts";

const rows = 60;
const trainRows = 30;

/** A workload as a folder would declare it: the first half of its rows is fitted on, the second tested on. */
export function trialWorkload(name: string): Workload {
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
export async function storeFeatures({ s3, descriptor }: Pick<Environment, "s3" | "descriptor">, workload: string): Promise<string> {
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

/**
 * Files of a model that looks at the first column alone.
 *
 * @param spoilt in place of its graph
 */
export function trialFiles(columns: string[], weight: number, ids: { modelId: string; runId: string }, spoilt?: Uint8Array): ModelFiles {
  const features = columns.map((name) => ({ name, type: "double" as const, impute: 0, mean: 0, scale: 1 }));
  const weights = [columns.map((_, at) => (at === 0 ? weight : 0))];
  const onnx =
    spoilt ?? classifierGraph({ features, classes: [0, 1], estimator: { type: "linear", weights, bias: [0] }, producer: "trial" });
  const mlmodel = writeMlmodel({
    ...ids,
    modelUuid: "0".repeat(32),
    createdAt: new Date(0),
    signature: graphSignature({ features, classes: [0, 1] }),
    modelBytes: onnx.byteLength,
  });
  return { MLmodel: Buffer.from(mlmodel), "model.onnx": onnx };
}

/** What the fitted model itself answered to the test rows. @param error added to every probability */
export function trialPredictions(weight: number, error = 0): RecordedProbabilities {
  const probabilities = Array.from({ length: rows - trainRows }, (_, row) => {
    const positive = 1 / (1 + Math.exp(-weight * (((row + trainRows) % 7) - 3))) + error;
    return [1 - positive, positive];
  });
  return { classes: [0, 1], probabilities };
}

/** The configuration that an endpoint has before anything was promoted. */
export async function createBootstrapConfiguration(environment: Environment, workload: string): Promise<void> {
  const endpoint = endpointOf(environment.descriptor, workload);
  const content = trialFiles(["thrust"], 0, { modelId: "m-0", runId: "0" });
  const digest = packageDigest(content);
  await publishPackage(environment, content);
  const none = "0".repeat(64);
  const { bootstrapConfig: config } = endpoint;
  const deployment = { version: 0, run: "", dataset: none, features: none, package: digest, model: config, config };
  await createModel(environment, workload, deployment, { endpoint: endpoint.name, windowSeconds: metricWindowSeconds });
  await createConfiguration(environment, workload, deployment, endpoint);
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
