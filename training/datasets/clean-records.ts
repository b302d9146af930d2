import { join } from "node:path";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { readCsv } from "./csv-records.ts";
import { readJsonRecords } from "./json-records.ts";
import type { ColumnProfile } from "./manifest.ts";
import { Quarantine } from "./quarantine.ts";
import type { RawFile } from "./raw-file.ts";
import type { ReadRecord } from "./record.ts";
import { RecordsTable } from "./records-table.ts";
import { recordValidator } from "./validate-record.ts";

export interface CleanRecords {
  /** Path of the accepted records, in the order of their key. */
  parquet: string;
  accepted: number;
  /** Of the accepted records, by column. */
  profile: Record<string, ColumnProfile>;
  quarantine: Quarantine;
}

const recordsPerLine = 100_000;

/**
 * Holds every record of a raw file against the workload's declaration: accepted + quarantined = records in the file. Of several records
 * with the same key the first is accepted.
 *
 * @param folder for the files that come out, empty
 * @throws FalconryError `ingest.empty`, `ingest.truncated`, `ingest.header`, `ingest.json`
 */
export async function cleanRecords(
  file: RawFile,
  workload: LoadedWorkload,
  folder: string,
  progress: Progress = silent,
): Promise<CleanRecords> {
  const table = await RecordsTable.create(workload, folder);
  const quarantine = new Quarantine(join(folder, "quarantine.jsonl"), file.name);
  try {
    await readInto(table, quarantine, file, workload, progress);
    for (const { row, key, firstRow } of await table.removeDuplicates()) {
      quarantine.add(row, { column: workload.key.join(", "), value: key.join(", "), reason: `row ${firstRow} has the same key` });
    }
    const parquet = join(folder, "records.parquet");
    return { parquet, accepted: await table.writeParquet(parquet), profile: await table.profile(), quarantine };
  } finally {
    quarantine.close();
    table.close();
  }
}

async function readInto(
  table: RecordsTable,
  quarantine: Quarantine,
  file: RawFile,
  workload: LoadedWorkload,
  progress: Progress,
): Promise<void> {
  const numbered = Object.keys(workload.columns).indexOf(workload.source.rowNumber ?? "");
  const validate = recordValidator(workload);
  let row = 0;
  const take = (record: ReadRecord) => {
    row += 1;
    if (numbered >= 0 && "values" in record) record.values[numbered] = row;
    const checked = "problem" in record ? record : validate(record.values);
    if ("problem" in checked) quarantine.add(row, checked.problem);
    else table.append(row, checked.values);
    if (row % recordsPerLine === 0) progress(`${row} records read, ${quarantine.count} of them quarantined`);
  };
  try {
    await (file.isJson ? readJsonRecords : readCsv)(file, workload, take);
  } catch (error) {
    throw file.explain(error, row);
  }
}
