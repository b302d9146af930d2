import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ingested } from "@falconry/training/datasets/ingest.ts";
import type { MadeWorkload } from "@falconry/training/table/new-workload.ts";
import type { KnownTable } from "@falconry/training/testing/known-tables.ts";
import type { TrainingReport } from "@falconry/training/train.ts";
import { falconryDocument } from "./promoted.fixture.ts";

/** What the three commands say that make a model of a table. */
export interface TrainedTable {
  made: MadeWorkload;
  ingested: Ingested;
  report: TrainingReport;
}

/**
 * Takes a table through `falconry new`, `ingest` and `train`, without a hand's edit, into a folder outside of the repository.
 *
 * @param name of the workload: no other table of the region may have it
 * @param use is given the workload's folder, which is gone afterwards
 */
export async function trainedTable<Result>(
  { from, target, timeColumns }: Pick<KnownTable, "from" | "target" | "timeColumns">,
  name: string,
  use: (trained: TrainedTable) => Result | Promise<Result>,
  variables: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const parent = await mkdtemp(join(tmpdir(), "falconry-table-"));
  const folder = join(parent, name);
  const time = timeColumns === undefined ? [] : ["--time-column", timeColumns.join(",")];
  try {
    const made: MadeWorkload = await falconryDocument(["new", folder, "--from", from, "--target", target, ...time], { variables });
    const ingested: Ingested = await falconryDocument(["ingest", folder], { variables });
    const report: TrainingReport = await falconryDocument(["train", folder], { variables });
    return await use({ made, ingested, report });
  } finally {
    await rm(parent, { recursive: true });
  }
}
