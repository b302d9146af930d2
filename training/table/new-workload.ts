import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { workloadFolder } from "@falconry/model/load-workload.ts";
import { workloadSchema } from "@falconry/model/workload.ts";
import { RawFile } from "../datasets/raw-file.ts";
import { type DeclaredTable, declareTable, type TableKnowledge } from "./declare.ts";
import { featuresSql } from "./features-sql.ts";
import type { SuspectedLeak } from "./leaks.ts";
import { type ReadTable, readTable } from "./read-table.ts";
import { titleOf } from "./target.ts";
import { workloadOf, workloadText } from "./workload-text.ts";

export interface NewWorkloadOptions extends TableKnowledge {
  /** CSV, gzipped or not. */
  from: string;
  /** The file's first line is a record. @default whatever it looks like */
  headerless?: boolean;
  /** Overwrites what stands there. @default false */
  force?: boolean;
  progress?: Progress;
}

export interface MadeWorkload {
  workload: string;
  /** Absolute path of its folder. */
  folder: string;
  table: { file: string; records: number; unusable: number; encoding: string; delimiter: string; header: boolean; missing: string[] };
  target: { column: string; task: string; classes: number };
  key: string;
  columns: { name: string; header: string; type: string; role: string; reason: string; missing: number }[];
  /** Columns that foretell the target too well: `certain` ones are left out of the features. */
  leaks: SuspectedLeak[];
}

/**
 * Makes a workload of a table that nobody has described: workload.ts and features.sql, each decision with its reason, and the table
 * itself, all in one folder. What is written passes the checks that a declaration has to pass.
 *
 * @param nameOrPath a name in `workloads/`, or the path of a folder
 * @throws FalconryError `workload.name`, `workload.exists`, `ingest.missing-file`, `ingest.empty`, `ingest.truncated`, `table.no-text`,
 *   `table.ragged`, `table.no-column`, `table.target`, `table.no-features`
 */
export async function newWorkload(nameOrPath: string, options: NewWorkloadOptions): Promise<MadeWorkload> {
  const folder = workloadFolder(nameOrPath);
  const name = nameOrPath && basename(folder);
  requireName(name);
  if (options.force !== true) await requireEmpty(folder);
  const file = await RawFile.open(resolve(options.from));
  if (file.isJson) throw notCsv(file.name);
  const { target, timeColumns = [], groupColumn, exclude = [], headerless, progress = silent } = options;
  const named = [target, ...timeColumns, ...exclude, ...(groupColumn === undefined ? [] : [groupColumn])];
  const table = await readTable(file, { named, progress, ...(headerless !== undefined && { headerless }) });
  progress("measuring which columns foretell the target");
  const declared = declareTable(table, options, file.name);
  const sample = sampleName(file.name);
  const workload = workloadOf({ name, sample }, table, declared);
  await mkdir(folder, { recursive: true });
  await copyInto(file.path, join(folder, sample));
  await writeFile(join(folder, "features.sql"), featuresSql(declared));
  await writeFile(join(folder, "workload.ts"), workloadText(workload, table, declared));
  return reportOf(name, folder, file.name, table, declared);
}

function requireName(name: string): void {
  const parsed = workloadSchema.shape.name.safeParse(name);
  if (parsed.success) return;
  throw new FalconryError("workload.name", {
    message: `"${name}" is no name of a workload`,
    hint: "Give a name, or a folder's path that ends in one: lower-case letters, digits and hyphens, at most 41, a letter first",
  });
}

async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? [] : ["a file"]));
  if (found.length === 0) return;
  throw new FalconryError("workload.exists", {
    message: `${folder} holds ${found.slice(0, 3).join(", ")}${found.length > 3 ? ", …" : ""} already`,
    hint: "Give another name, or overwrite the workload that stands there: --force",
  });
}

function notCsv(name: string): FalconryError {
  return new FalconryError("table.no-text", {
    message: `${name} is JSON, by its name`,
    hint: "Give a CSV; what reads JSON into a declared workload is source.jsonReader (training/datasets/json-records.ts)",
  });
}

/** The table's own name, unless a file of the workload is called so. */
function sampleName(name: string): string {
  return ["workload.ts", "features.sql"].includes(name) ? `table-${name}` : name;
}

async function copyInto(from: string, to: string): Promise<void> {
  if (existsSync(to) && (await realpath(to)) === (await realpath(from))) return;
  await rm(to, { force: true }); // what stands there may be read-only, as its source was
  await copyFile(from, to);
}

function reportOf(workload: string, folder: string, file: string, table: ReadTable, declared: DeclaredTable): MadeWorkload {
  const { records, unusable, encoding, delimiter, header } = table;
  const { target, key, leaks, columns, reading } = declared;
  return {
    workload,
    folder,
    table: { file, records, unusable, encoding, delimiter, header: header.named, missing: reading.missing },
    target: { column: target.column.name, task: target.task, classes: target.classes.length },
    key,
    columns: columns.map((column) => ({
      name: column.name,
      header: titleOf(column),
      type: column.recognised.type,
      role: column.role,
      reason: [column.recognised.reason, column.why].filter((part) => part !== "").join("; "),
      missing: column.missing,
    })),
    leaks,
  };
}
