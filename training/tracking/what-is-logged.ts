import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Interval } from "@falconry/model/intervals.ts";
import { lineageTags } from "@falconry/model/lineage.ts";
import type { Dataset } from "mlflow-client";
import type { DatasetReference } from "../datasets/dataset-store.ts";
import type { DatasetManifest } from "../datasets/manifest.ts";
import type { CrossValidated } from "../evaluation/cross-validate.ts";
import type { Measured } from "../evaluation/measure.ts";
import { gitCommit } from "./git-commit.ts";

/** MLflow's limit is 36 characters. */
const datasetDigestLength = 32;

/** Tags that lead from a run, a logged model or a model version to what it was made from. */
export function lineage({ workload, dataset, features }: { workload: string; dataset: string; features: string }): Record<string, string> {
  return { [lineageTags.workload]: workload, [lineageTags.dataset]: dataset, [lineageTags.features]: features };
}

/** Tags that say in MLflow's words who trained, from which commit. */
export async function sourceTags(workload: string, trainedBy: string): Promise<Record<string, string>> {
  const commit = await gitCommit(checkoutFolder);
  return {
    "mlflow.source.type": "PROJECT",
    "mlflow.source.name": `falconry train ${workload}`,
    "mlflow.user": trainedBy,
    ...(commit && { "mlflow.source.git.commit": commit }),
  };
}

/** A dataset version as MLflow's dataset input: the digest cut to its limit, the whole one in the source (D7). */
export function datasetInput(uri: string, { name, digest }: DatasetReference, { schema, rows }: DatasetManifest): Dataset {
  return {
    name,
    digest: digest.slice(0, datasetDigestLength),
    sourceType: "s3",
    source: JSON.stringify({ uri, digest }),
    schema: JSON.stringify({
      mlflow_colspec: schema.map((column) => ({ name: column.name, type: mlflowTypes[column.type] ?? "string", required: true })),
    }),
    profile: JSON.stringify({ num_rows: rows, num_elements: rows * schema.length }),
  };
}

/** Of each candidate: `cv.<candidate>.<metric>` with its interval, and `.fold` with one step per fold. */
export function comparisonMetrics(candidates: CrossValidated[]): [Record<string, number>, Record<string, number[]>] {
  const entries = candidates.flatMap(({ name, metrics, folds }) =>
    Object.entries(metrics).map(([metric, measured]) => ({
      key: `cv.${name}.${metric}`,
      ...measured,
      folds: Object.entries(folds).flatMap(([of, values]) => (of === metric ? values : [])),
    })),
  );
  const values = entries.flatMap(({ key, mean, ...interval }) => withInterval(key, mean, interval));
  return [Object.fromEntries(values), Object.fromEntries(entries.map(({ key, folds }) => [`${key}.fold`, folds]))];
}

/** `test.<metric>` with its interval. */
export function testMetrics(measured: Measured): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measured).flatMap(([metric, { value, ...interval }]) => withInterval(`test.${metric}`, value, interval)),
  );
}

/** `nested.<metric>` with its interval. */
export function nestedMetrics({ metrics }: CrossValidated): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([metric, { mean, ...interval }]) => withInterval(`nested.${metric}`, mean, interval)),
  );
}

function withInterval(key: string, value: number, { low, high }: Interval): [string, number][] {
  return [
    [key, value],
    [`${key}.low`, low],
    [`${key}.high`, high],
  ];
}

const mlflowTypes: Record<string, string> = { number: "double", integer: "long", boolean: "boolean", string: "string", date: "datetime" };
