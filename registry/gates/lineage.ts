import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type FeatureSet, featureSetKey, featureSetSchema } from "@falconry/model/feature-set.ts";
import { lineageTags } from "@falconry/model/lineage.ts";
import type { ModelVersion, Run } from "mlflow-client";
import { Unmeasurable } from "./unmeasurable.ts";

/** How a registered version reaches the rows that it was fitted on. */
export interface Lineage {
  run: Run;
  /** Digest of the feature set. */
  features: string;
  featureSet: FeatureSet;
}

/**
 * Follows a version to its run, and the run's tag to the feature set.
 *
 * @throws Unmeasurable, FalconryError `content.missing`, `content.corrupt` – at the first link that is missing
 */
export async function readLineage(environment: Environment, workload: string, version: number): Promise<Lineage> {
  const { runId } = await registeredVersion(environment, workload, version);
  if (runId === "") throw new Unmeasurable(`version ${version} was registered without a run`);
  const run = await environment.mlflow.runs.get(runId);
  const features = run.data.tags[lineageTags.features];
  if (features === undefined) {
    throw new Unmeasurable(`run ${runId} has no tag ${lineageTags.features}: set it to the digest of the feature set it was fitted on`);
  }
  return { run, features, featureSet: await readFeatureSet(environment, features) };
}

/**
 * Where the other things that are said of a version's lineage contradict it: tags, the run's dataset input, the dataset version's manifest.
 *
 * @throws FalconryError `content.missing`, `content.corrupt` – of the dataset version's manifest
 */
export async function contradictions(environment: Environment, workload: string, version: number, lineage: Lineage): Promise<string[]> {
  const { run, features, featureSet } = lineage;
  const { name, digest } = featureSet.dataset;
  await readManifest(environment, environment.descriptor.lake.clean, `datasets/${name}/${digest}.json`, digest);
  const { tags } = await registeredVersion(environment, workload, version);
  const said: [where: string, said: string | undefined, expected: string][] = [
    [`the workload of feature set ${features}`, featureSet.workload, workload],
    [`tag ${lineageTags.features} of the version`, tags[lineageTags.features], features],
    [`tag ${lineageTags.dataset} of the run`, run.data.tags[lineageTags.dataset], digest],
    [`tag ${lineageTags.dataset} of the version`, tags[lineageTags.dataset], digest],
    [`tag ${lineageTags.workload} of the run`, run.data.tags[lineageTags.workload], workload],
    [`tag ${lineageTags.workload} of the version`, tags[lineageTags.workload], workload],
  ];
  for (const { dataset } of run.inputs.datasets) {
    // MLflow takes at most 36 characters, so the run's input has the digest's beginning.
    if (dataset.name === name) said.push([`dataset input ${name} of the run`, dataset.digest, digest.slice(0, dataset.digest.length)]);
  }
  return said
    .filter(([, value, expected]) => value !== undefined && value !== expected)
    .map(([where, value, expected]) => `${where} says ${value}, not ${expected}`);
}

async function registeredVersion({ mlflow }: Environment, workload: string, version: number): Promise<ModelVersion> {
  const registered = await mlflow.modelVersions.get(workload, version);
  if (registered === undefined) throw new Unmeasurable(`registered model "${workload}" has no version ${version}`);
  return registered;
}

/** @throws FalconryError `content.missing`, `content.corrupt` */
export async function readFeatureSet(environment: Environment, digest: string): Promise<FeatureSet> {
  const { features } = environment.descriptor.lake;
  const parsed = featureSetSchema.safeParse(JSON.parse(await readManifest(environment, features, featureSetKey(digest), digest)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw corrupt(`s3://${features}/${featureSetKey(digest)} is no feature set: ${issue?.path.join(".")}: ${issue?.message}`);
}

async function readManifest({ s3 }: Environment, Bucket: string, Key: string, digest: string): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString()) ?? "";
    const found = sha256(text);
    if (found !== digest) throw corrupt(`s3://${Bucket}/${Key} hashes to ${found}`);
    return text;
  } catch (error) {
    if (!(error instanceof NoSuchKey)) throw error;
    throw new FalconryError("content.missing", {
      message: `s3://${Bucket}/${Key} does not exist`,
      hint: "Restore the object from the bucket's earlier versions, or train on a dataset version that is there",
    });
  }
}

function corrupt(message: string): FalconryError {
  return new FalconryError("content.corrupt", { message, hint: "The stored bytes were changed: restore the object's earlier S3 version" });
}
