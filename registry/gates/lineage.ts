import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type FeatureSet, featureSetKey, featureSetSchema } from "@falconry/model/feature-set.ts";
import { lineageTags } from "@falconry/model/lineage.ts";
import type { Run } from "mlflow-client";
import { Unmeasurable } from "./unmeasurable.ts";

/** How a registered version reaches the raw records. */
export interface Lineage {
  run: Run;
  /** Digest of the feature set. */
  features: string;
  featureSet: FeatureSet;
}

/**
 * Follows a version to its run, the run's tag to the feature set, the feature set to the dataset version; every manifest is read and hashed.
 *
 * @throws Unmeasurable, FalconryError `content.missing`, `content.corrupt` – at the first link that is missing or says another thing
 */
export async function readLineage(environment: Environment, workload: string, version: number): Promise<Lineage> {
  const registered = await environment.mlflow.modelVersions.get(workload, version);
  if (registered === undefined) throw new Unmeasurable(`registered model "${workload}" has no version ${version}`);
  if (registered.runId === "") throw new Unmeasurable(`version ${version} was registered without a run`);
  const run = await environment.mlflow.runs.get(registered.runId);
  const tags = { run: run.data.tags, version: registered.tags };

  const features = tags.run[lineageTags.features];
  if (features === undefined) {
    throw new Unmeasurable(
      `run ${registered.runId} has no tag ${lineageTags.features}: set it to the digest of the feature set it was fitted on`,
    );
  }
  const featureSet = await readFeatureSet(environment, features);
  const { name, digest } = featureSet.dataset;
  await readManifest(environment, environment.descriptor.lake.clean, `datasets/${name}/${digest}.json`, digest);

  agree(tags.version[lineageTags.features], features, `tag ${lineageTags.features} of version ${version}`);
  for (const [owner, { [lineageTags.dataset]: dataset, [lineageTags.workload]: named }] of Object.entries(tags)) {
    agree(dataset, digest, `tag ${lineageTags.dataset} of the ${owner}`);
    agree(named, workload, `tag ${lineageTags.workload} of the ${owner}`);
  }
  agree(featureSet.workload, workload, `the workload of feature set ${features}`);
  for (const { dataset } of run.inputs.datasets) {
    // MLflow takes at most 36 characters, so the run's input has the digest's beginning.
    if (dataset.name === name) agree(dataset.digest, digest.slice(0, dataset.digest.length), `dataset input ${name} of the run`);
  }
  return { run, features, featureSet };
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

function agree(said: string | undefined, expected: string, where: string): void {
  if (said !== undefined && said !== expected) throw new Unmeasurable(`${where} says ${said}, not ${expected}`);
}
