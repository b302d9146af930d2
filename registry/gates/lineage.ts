import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { objectUrl, readVerified } from "@falconry/environment/stored-object.ts";
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
  await readVerified(environment.s3, { Bucket: environment.descriptor.lake.clean, Key: `datasets/${name}/${digest}.json` }, digest);
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
export async function readFeatureSet({ s3, descriptor }: Environment, digest: string): Promise<FeatureSet> {
  const place = { Bucket: descriptor.lake.features, Key: featureSetKey(digest) };
  const text = Buffer.from(await readVerified(s3, place, digest)).toString("utf8");
  const parsed = featureSetSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FalconryError("content.corrupt", {
    message: `${objectUrl(place)} is no feature set: ${issue?.path.join(".")}: ${issue?.message}`,
    hint: "The stored bytes were changed: restore the object's earlier S3 version",
  });
}
