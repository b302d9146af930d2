import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { type FeatureSet, featureSetKey } from "@falconry/model/feature-set.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { type DatasetReference, DatasetStore } from "../datasets/dataset-store.ts";
import type { DatasetManifest } from "../datasets/manifest.ts";
import { FeatureQuery } from "./feature-query.ts";
import { type FeatureTable, selectRows } from "./feature-table.ts";
import { partRows, splitColumns } from "./part-rows.ts";
import { requireEveryClass } from "./split.ts";

export interface BuiltFeatures {
  /** Digest of the feature set's manifest. */
  digest: string;
  set: FeatureSet;
  train: FeatureTable;
  test: FeatureTable;
}

/**
 * Dataset version -> feature set, stored in the features bucket: the same version, SQL and split give the same digest.
 *
 * @throws FalconryError `train.leaking-column`, `train.feature-sql`, `train.too-few-rows`, `content.missing`, `content.corrupt`
 */
export async function buildFeatures(
  environment: Environment,
  workload: LoadedWorkload,
  dataset: DatasetReference,
  manifest: DatasetManifest,
): Promise<BuiltFeatures> {
  const sql = await readFile(join(workload.folder, workload.features.sql), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "falconry-features-"));
  try {
    const parquet = await fetchFiles(new DatasetStore(environment).files, manifest, folder);
    const query = await FeatureQuery.run(sql, parquet, workload);
    try {
      const values = await query.recordValues(splitColumns(workload.split), workload);
      const rows = partRows(query.table, workload.split, values);
      const table = workload.split.type === "group" ? { ...query.table, groups: values.map((row) => row.map(String).join()) } : query.table;
      const [train, test] = [selectRows(table, rows.train), selectRows(table, rows.test)];
      requireEveryClass(train, test, workload.crossValidation.folds);
      const files = new ContentStore(environment.s3, environment.descriptor.lake.features);
      const store = async (name: "train" | "test") => {
        const path = join(folder, `${name}.parquet`);
        await query.writeParquet(path, rows[name], workload);
        const { sha256: digest, bytes } = await files.putFile(path);
        return { path: `${name}.parquet`, sha256: digest, bytes, rows: rows[name].length };
      };
      const set: FeatureSet = {
        workload: workload.name,
        dataset,
        sql: sha256(sql),
        split: workload.split,
        key: workload.key,
        target: workload.target.column,
        classes: query.table.classes,
        features: query.table.features,
        train: await store("train"),
        test: await store("test"),
      };
      return { digest: await commit(environment, set), set, train, test };
    } finally {
      query.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFiles(store: ContentStore, manifest: DatasetManifest, folder: string): Promise<string[]> {
  return await Promise.all(
    manifest.files.map(async (file) => {
      const path = join(folder, file.sha256);
      await store.getFile(file.sha256, path);
      return path;
    }),
  );
}

async function commit(environment: Environment, set: FeatureSet): Promise<string> {
  const Body = canonicalJson(set);
  const digest = sha256(Body);
  await environment.s3.send(new PutObjectCommand({ Bucket: environment.descriptor.lake.features, Key: featureSetKey(digest), Body }));
  return digest;
}
