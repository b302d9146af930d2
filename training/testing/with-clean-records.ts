import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { type CleanRecords, cleanRecords } from "../datasets/clean-records.ts";
import { RawFile } from "../datasets/raw-file.ts";

/** Cleans a raw file, by itself and without a lake, for as long as `use` takes. @param path default: the workload's own table */
export async function withCleanRecords<Result>(
  workload: LoadedWorkload,
  use: (records: CleanRecords) => Promise<Result>,
  path: string = join(workload.folder, workload.source.sample),
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-test-"));
  try {
    return await use(await cleanRecords(await RawFile.open(path), workload, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}
