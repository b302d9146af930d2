import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { DatasetStore } from "../dataset-store.ts";
import { getDataset } from "../fetch/get.ts";
import { isFolder } from "../manifest.ts";
import { diffFolders, type FolderDiff } from "./diff-folders.ts";
import { diffTables, type TableDiff } from "./diff-tables.ts";

export interface DiffOptions {
  /** Columns that together name a row; a folder's files are named by their path. */
  key?: readonly string[] | undefined;
  /** @default the one of `datasets get` */
  cacheFolder?: string;
  progress?: Progress;
}

/** What is different in the version `to` from the version `from`. */
export type DatasetDiff = { name: string; from: string; to: string } & (TableDiff | FolderDiff);

/**
 * @param from a digest, the beginning of one, a tag, or `latest`
 * @throws FalconryError `dataset.unknown`, `dataset.ambiguous`, `dataset.kind`, `dataset.key`, `content.missing`, `content.corrupt`
 */
export async function diffDatasets(
  environment: Environment,
  name: string,
  from: string,
  to: string,
  options: DiffOptions = {},
): Promise<DatasetDiff> {
  const store = new DatasetStore(environment);
  const versions = { from: await store.resolve(name, from), to: await store.resolve(name, to) };
  const manifests = { from: await store.read(versions.from), to: await store.read(versions.to) };
  const digests = { name, from: versions.from.digest, to: versions.to.digest };
  if (isFolder(manifests.from) && isFolder(manifests.to)) return { ...digests, ...diffFolders(manifests.from, manifests.to) };
  const before = await store.manifest(versions.from);
  const after = await store.manifest(versions.to);
  const { key, progress = silent, ...cache } = options;
  if (key === undefined) throw unknownKey(name);
  const folder = await mkdtemp(join(tmpdir(), "falconry-diff-"));
  try {
    const fetch = (digest: string, place: string) => getDataset(environment, name, place, { ...cache, version: digest, progress });
    const places = { from: join(folder, "from"), to: join(folder, "to") };
    await fetch(digests.from, places.from);
    await fetch(digests.to, places.to);
    progress("comparing the rows");
    const diff = await diffTables({ manifest: before, folder: places.from }, { manifest: after, folder: places.to }, [...key]);
    return { ...digests, ...diff };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unknownKey(name: string): FalconryError {
  return new FalconryError("dataset.key", {
    message: `no workload "${name}" says which columns name a row of the dataset`,
    hint: "Give them: --key date,booster",
  });
}
