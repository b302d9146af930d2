// csv-falconry.ts FOLDER: FOLDER/bookings.csv -> records in Parquet -> features in memory; prints what it took as JSON.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cleanRecords } from "@falconry/training/datasets/clean-records.ts";
import { RawFile } from "@falconry/training/datasets/raw-file.ts";
import { FeatureQuery } from "@falconry/training/features/feature-query.ts";
import type { ColumnValues } from "@falconry/training/features/feature-table.ts";
import type { CsvWork } from "./csv.ts";
import { bookingFeatures, bookingWorkload } from "./many-bookings.ts";

const KIBIBYTE = 1024;
const [folder = ""] = process.argv.slice(2);
const workload = bookingWorkload(folder);
const cleaned = join(folder, `cleaned-${process.pid}`);
await mkdir(cleaned);

const started = performance.now();
const { parquet, accepted, quarantine } = await cleanRecords(await RawFile.open(join(folder, workload.source.sample)), workload, cleaned);
const ingested = performance.now();
const query = await FeatureQuery.run(bookingFeatures, [parquet], workload);
const ended = performance.now();
const work: CsvWork = {
  ingestSeconds: (ingested - started) / 1000,
  featureSeconds: (ended - ingested) / 1000,
  peakBytes: process.resourceUsage().maxRSS * KIBIBYTE,
  accepted,
  quarantined: quarantine.count,
  check: sum(query.table.columns.get("dearness") ?? []),
};
query.close();
process.stdout.write(`${JSON.stringify(work)}\n`);

function sum(values: ColumnValues): number {
  let total = 0;
  for (const value of values) total += Number(value);
  return total;
}
