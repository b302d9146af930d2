import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { cleanRecords } from "./clean-records.ts";
import { DatasetStore } from "./dataset-store.ts";
import type { Quarantine } from "./quarantine.ts";
import { RawFile } from "./raw-file.ts";

export interface IngestOptions {
  /** CSV of the declared columns or the JSON that the workload reads, either may be gzipped. @default the workload's own table */
  from?: string;
  progress?: Progress;
}

export interface Ingested {
  workload: string;
  dataset: { name: string; digest: string; rows: number };
  /** Files and manifest that were not stored before; 0 where the same content was ingested before. */
  uploaded: number;
  accepted: number;
  /** accepted + quarantined = records in the file */
  quarantined: number;
  /** Where the quarantined records stand with their reasons; null where there are none. */
  quarantine: string | null;
}

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
  try {
    const { parquet, accepted, profile, quarantine } = await cleanRecords(file, workload, folder, progress);
    const { raw, clean } = environment.descriptor.lake;
    const source = await new ContentStore(environment.s3, raw).putFile(file.path);
    const place =
      quarantine.count === 0 ? null : await storeQuarantine(new ContentStore(environment.s3, raw, { prefix: "quarantine" }), quarantine);
    if (accepted === 0) throw nothingAccepted(file.name, quarantine, place);
    const records = await new ContentStore(environment.s3, clean).putFile(parquet);
    const committed = await new DatasetStore(environment).commit({
      name: workload.name,
      files: [{ path: "records.parquet", sha256: records.sha256, bytes: records.bytes }],
      schema: Object.entries(workload.columns).map(([name, { type, unit }]) => ({ name, type, ...(unit && { unit }) })),
      rows: accepted,
      profile,
      source: [{ sha256: source.sha256, bytes: source.bytes }],
    });
    return {
      workload: workload.name,
      dataset: { ...committed.version, rows: accepted },
      uploaded: [source, records, committed].filter((put) => put.uploaded).length,
      accepted,
      quarantined: quarantine.count,
      quarantine: place,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function storeQuarantine(store: ContentStore, { path }: Quarantine): Promise<string> {
  return store.url((await store.putFile(path)).sha256);
}

function nothingAccepted(name: string, { count, first }: Quarantine, place: string | null): FalconryError {
  return new FalconryError("ingest.nothing-accepted", {
    message: `${name}: none of ${count} records could be used; ${first ?? "there are only column names"}`,
    hint: place === null ? "Add records below the line of column names" : `Every record and its reason: ${place}`,
  });
}
