import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import type { FeatureSet } from "@falconry/model/feature-set.ts";
import { type Frame, readParquet } from "@falconry/model/frame.ts";
import { readMlmodel } from "@falconry/model/mlmodel.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import type { Signature } from "@falconry/model/signature.ts";
import { MlflowError, type Run } from "mlflow-client";
import type { Deployment } from "../endpoint/deployment.ts";
import { type ModelFiles, publishedFiles } from "../endpoint/package.ts";
import { contradictions, type Lineage, readFeatureSet, readLineage } from "./lineage.ts";
import { registeredFiles } from "./registered-files.ts";
import { Unmeasurable } from "./unmeasurable.ts";

/** A model version in a contest. Everything is fetched when a gate first asks for it, and once; what cannot be had throws, each time. */
export interface Contestant {
  version: number;
  files(): Promise<ModelFiles>;
  /** As the MLmodel file says. */
  signature(): Promise<Signature>;
  /** The graph, loaded as a container would. */
  model(): Promise<OnnxModel>;
  featureSet(): Promise<FeatureSet>;
  /** Rows that it was fitted on. */
  train(): Promise<Frame>;
  /** Rows that it was not fitted on. */
  test(): Promise<Frame>;
  /** Frees the graph, where it was loaded. */
  close(): Promise<void>;
}

export interface Candidate extends Contestant {
  lineage(): Promise<Lineage>;
  /** Where what is said of its lineage does not agree; one sentence each. */
  contradictions(): Promise<string[]>;
  /** Text of an artifact of its run. */
  runArtifact(path: string): Promise<string>;
}

/** A registered version, as MLflow has it. */
export function candidateOf(environment: Environment, workload: string, version: number): Candidate {
  const lineage = once(() => readLineage(environment, workload, version));
  return {
    ...contestant(
      environment,
      version,
      () => registeredFiles(environment, workload, version),
      async () => (await lineage()).featureSet,
    ),
    lineage,
    contradictions: async () => contradictions(environment, workload, version, await lineage()),
    runArtifact: async (path) => artifactText(environment, (await lineage()).run, path),
  };
}

async function artifactText({ mlflow }: Environment, { info }: Run, path: string): Promise<string> {
  try {
    return Buffer.from(await mlflow.artifacts.download(info.artifactUri, path)).toString("utf8");
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== "RESOURCE_DOES_NOT_EXIST") throw error;
    throw new Unmeasurable(
      `run ${info.runId} has no artifact ${path}; from Python: mlflow.log_dict({"classes": …, "probabilities": …}, "${path}")`,
    );
  }
}

/** The version that is live, as the ledger and the published package have it: what serves, whatever became of the registry's copy. */
export function championOf(environment: Environment, { version, package: digest, features }: Deployment): Contestant {
  return contestant(
    environment,
    version,
    () => publishedFiles(environment, digest),
    () => readFeatureSet(environment, features),
  );
}

function contestant(
  { s3, descriptor }: Environment,
  version: number,
  fetchFiles: () => Promise<ModelFiles>,
  fetchFeatureSet: () => Promise<FeatureSet>,
): Contestant {
  const store = new ContentStore(s3, descriptor.lake.features);
  const files = once(fetchFiles);
  const featureSet = once(fetchFeatureSet);
  const signature = once(async () => {
    const { signature } = readMlmodel(Buffer.from((await files()).MLmodel).toString("utf8"));
    if (signature === undefined) throw new Unmeasurable(`the MLmodel file of version ${version} has no signature`);
    return signature;
  });
  let loaded: OnnxModel | undefined;
  return {
    version,
    files,
    signature,
    featureSet,
    model: once(async () => {
      loaded = await OnnxModel.load((await files())["model.onnx"], await signature());
      return loaded;
    }),
    close: async () => loaded?.close(),
    train: once(async () => readParquet(await store.get((await featureSet()).train.sha256))),
    test: once(async () => readParquet(await store.get((await featureSet()).test.sha256))),
  };
}

function once<T>(fetch: () => Promise<T>): () => Promise<T> {
  let fetched: Promise<T> | undefined;
  return () => (fetched ??= fetch());
}
