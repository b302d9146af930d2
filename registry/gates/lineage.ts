import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
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
 * @throws Unmeasurable at the first link that is missing or says another thing than the one before
 */
export async function readLineage(environment: Environment, workload: string, version: number): Promise<Lineage> {
  const registered = await environment.mlflow.modelVersions.get(workload, version);
  if (registered === undefined) throw new Unmeasurable(`registered model "${workload}" has no version ${version}`);
  if (registered.runId === "") throw new Unmeasurable(`version ${version} was registered without a run`);
  const run = await environment.mlflow.runs.get(registered.runId);
  const tags = { run: run.data.tags, version: registered.tags };

  const features = tags.run[lineageTags.features];
  if (features === undefined) {
    throw new Unmeasurable(`run ${registered.runId} has no tag ${lineageTags.features}: set it to the digest of the feature set it was fitted on`);
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

/** @throws Unmeasurable where the manifest is missing, does not hash to the digest, or is no feature set */
export async function readFeatureSet(environment: Environment, digest: string): Promise<FeatureSet> {
  const text = await readManifest(environment, environment.descriptor.lake.features, featureSetKey(digest), digest);
  const parsed = featureSetSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Unmeasurable(`feature set ${digest}: ${issue?.path.join(".")}: ${issue?.message}`);
}

async function readManifest({ s3 }: Environment, Bucket: string, Key: string, digest: string): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString()) ?? "";
    const found = sha256(text);
    if (found !== digest) throw new Unmeasurable(`s3://${Bucket}/${Key} hashes to ${found}`);
    return text;
  } catch (error) {
    if (error instanceof NoSuchKey) throw new Unmeasurable(`s3://${Bucket}/${Key} does not exist`);
    throw error;
  }
}

function agree(said: string | undefined, expected: string, where: string): void {
  if (said !== undefined && said !== expected) throw new Unmeasurable(`${where} says ${said}, not ${expected}`);
}
