import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { readCsv } from "./csv-records.ts";
import { DatasetStore } from "./dataset-store.ts";
import { readJsonRecords } from "./json-records.ts";
import { Quarantine } from "./quarantine.ts";
import { RawFile } from "./raw-file.ts";
import type { RawRecord } from "./record.ts";
import { RecordsTable } from "./records-table.ts";
import { validateRecord } from "./validate-record.ts";

export interface IngestOptions {
  /** CSV of the declared columns or the JSON that the workload reads, either may be gzipped. @default the workload's own table */
  from?: string;
  progress?: Progress;
}

export interface Ingested {
  workload: string;
  dataset: { name: string; digest: string; rows: number };
  /** Files that were not stored before; none where the same content was ingested before. */
  uploaded: number;
  accepted: number;
  /** accepted + quarantined = records in the file */
  quarantined: number;
  /** Where the quarantined records stand with their reasons; null where there are none. */
  quarantine: string | null;
}

const recordsPerLine = 100_000;

/**
 * Raw records -> a dataset version. Each record is held against the workload's declaration; one that does not keep to it goes to
 * quarantine and stops nothing. The version is committed last: a failure leaves no half of one.
 *
 * @throws FalconryError `ingest.missing-file`, `ingest.empty`, `ingest.truncated`, `ingest.header`, `ingest.json`, `ingest.nothing-accepted`
 */
export async function ingest(environment: Environment, workload: LoadedWorkload, options: IngestOptions = {}): Promise<Ingested> {
  const { progress = silent } = options;
  const file = await RawFile.open(options.from === undefined ? join(workload.folder, workload.source.sample) : resolve(options.from));
  const folder = await mkdtemp(join(tmpdir(), "falconry-ingest-"));
  const table = await RecordsTable.create(workload, folder);
  try {
    const quarantine = new Quarantine(join(folder, "quarantine.jsonl"), file.name);
    const records = await readInto(table, quarantine, file, workload, progress);
    for (const { row, key, firstRow } of await table.removeDuplicates()) {
      quarantine.add(row, { column: workload.key.join(", "), value: key.join(", "), reason: `row ${firstRow} has the same key` });
    }
    const parquet = join(folder, "records.parquet");
    const rows = await table.writeParquet(parquet);

    const raw = new ContentStore(environment.s3, environment.descriptor.lake.raw);
    const source = await raw.putFile(file.path);
    const place = await quarantine.store(new ContentStore(environment.s3, environment.descriptor.lake.raw, "quarantine"));
    if (rows === 0) throw nothingAccepted(file.name, records, quarantine.first, place);
    const datasets = new DatasetStore(environment);
    const stored = await datasets.files.putFile(parquet);
    const version = await datasets.commit({
      name: workload.name,
      files: [{ path: "records.parquet", sha256: stored.sha256, bytes: stored.bytes }],
      schema: Object.entries(workload.columns).map(([name, { type, unit }]) => ({ name, type, ...(unit && { unit }) })),
      rows,
      profile: await table.profile(),
      source: [{ sha256: source.sha256, bytes: source.bytes }],
    });
    const uploaded = [source, stored].filter((put) => put.uploaded).length;
    return {
      workload: workload.name,
      dataset: { ...version, rows },
      uploaded,
      accepted: rows,
      quarantined: quarantine.count,
      quarantine: place,
    };
  } finally {
    table.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function readInto(
  table: RecordsTable,
  quarantine: Quarantine,
  file: RawFile,
  workload: LoadedWorkload,
  progress: Progress,
): Promise<number> {
  let row = 0;
  const take = (record: RawRecord) => {
    row += 1;
    const checked = "problem" in record ? record : validateRecord(record.values, workload);
    if ("problem" in checked) quarantine.add(row, checked.problem);
    else table.append(row, checked.values);
    if (row % recordsPerLine === 0) progress(`${row} records read, ${quarantine.count} of them quarantined`);
  };
  try {
    await (file.isJson ? readJsonRecords : readCsv)(file, workload, take);
  } catch (error) {
    throw file.explain(error, row);
  }
  return row;
}

function nothingAccepted(name: string, records: number, first: string | undefined, place: string | null): FalconryError {
  return new FalconryError("ingest.nothing-accepted", {
    message: `${name}: none of ${records} records could be used; ${first ?? "only column names"}`,
    hint: place === null ? "Add records below the line of column names" : `Every record and its reason: ${place}`,
  });
}
