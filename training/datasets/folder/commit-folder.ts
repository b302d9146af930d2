import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { datasetCache } from "@falconry/environment/cache-folder.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import pMap from "p-map";
import { byteProgress } from "../byte-progress.ts";
import { DatasetStore } from "../dataset-store.ts";
import { FileMemory } from "./file-memory.ts";
import { FolderChunks } from "./folder-chunks.ts";
import { listFiles } from "./list-files.ts";

/** Each may hold a chunk in memory. */
const uploadsAtOnce = 8;

export interface CommitOptions {
  /** Where it is remembered what the files hashed to. @default {@link datasetCache} */
  cacheFolder?: string;
  progress?: Progress;
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
}

export interface CommittedFolder {
  dataset: { name: string; digest: string; files: number; bytes: number };
  /** What was not stored before: chunks and the manifest. */
  uploaded: { objects: number; bytes: number };
}

/**
 * A folder of any files -> a dataset version. What is stored already is not sent again, what was broken off goes on from there; the version is committed last.
 *
 * @param name of the dataset: as a workload's
 * @throws FalconryError `dataset.name`, `dataset.folder`, `dataset.changed`, `dataset.kind`
 */
export async function commitFolder(
  environment: Environment,
  name: string,
  folder: string,
  options: CommitOptions = {},
): Promise<CommittedFolder> {
  const { progress = silent, now = Date.now, cacheFolder = datasetCache() } = options;
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) throw invalidName(name);
  const started = now();
  const files = listFiles(resolve(folder));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  progress(`reading ${files.length} files`);
  const place = await realpath(folder);
  const memory = await FileMemory.open(cacheFolder, place, started);
  const chunks = new FolderChunks(place, files, memory);
  const store = new DatasetStore(environment);
  const unchanged = await store.files.unchanged(memory.stored());
  const uploaded = { objects: 0, bytes: 0 };
  const told = byteProgress(progress, bytes, "stored");
  await pMap(
    chunks.each(),
    async (chunk) => {
      const etag = unchanged.get(chunk.sha256);
      const put = etag === undefined ? await store.files.putKnown(chunk, () => chunk.content()) : { uploaded: false, etag };
      if (put.etag !== undefined) memory.keepStored(chunk.sha256, put.etag);
      if (put.uploaded) {
        uploaded.objects += 1;
        uploaded.bytes += chunk.bytes;
      }
      told(chunk.bytes);
    },
    { concurrency: uploadsAtOnce },
  ).catch(async (error: unknown) => {
    if (error instanceof FalconryError && error.code === "dataset.changed") await memory.forget();
    throw error;
  });
  const committed = await store.commit(chunks.manifest(name));
  if (committed.uploaded) uploaded.objects += 1;
  await memory.save();
  return { dataset: { ...committed.version, files: files.length, bytes }, uploaded };
}

function invalidName(name: string): FalconryError {
  return new FalconryError("dataset.name", {
    message: `"${name}" is no name for a dataset`,
    hint: "Use lower-case letters, digits and hyphens, a letter first, at most 41",
  });
}
