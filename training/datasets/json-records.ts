import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { FalconryError } from "@falconry/environment/error.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { workloadFunction } from "../workload-function.ts";
import { emptyFile, type RawFile } from "./raw-file.ts";
import type { RawRecord, TakeRecord } from "./record.ts";

/**
 * What the module that a workload names as `source.jsonReader` exports as `readJson`: turns a document into records of the
 * declared columns, one for each record that the document holds.
 *
 * @param beside parsed content of a JSON file in the document's own folder, undefined where there is none
 * @returns `unreadable` says what the document is not, where no record can be told from another
 */
export type ReadJson = (
  document: unknown,
  beside: (name: string) => Promise<unknown>,
) => Promise<{ records: RawRecord[] } | { unreadable: string }>;

/**
 * Reads a JSON document through the workload's own reader.
 *
 * @throws FalconryError `ingest.json`, `ingest.empty`; what the stream throws
 */
export async function readJsonRecords(file: RawFile, workload: LoadedWorkload, take: TakeRecord): Promise<void> {
  const { jsonReader } = workload.source;
  if (jsonReader === undefined) {
    throw new FalconryError("ingest.json", {
      message: `${file.name}: the workload "${workload.name}" reads no JSON`,
      hint: `Give a CSV of its columns, or name a reader as source.jsonReader in ${join(workload.folder, "workload.ts")}`,
    });
  }
  const module = pathToFileURL(join(workload.folder, jsonReader));
  const read = await workloadFunction<ReadJson>(module, "readJson", "ReadJson in training/datasets/json-records.ts");
  let text = "";
  for await (const chunk of file.text()) text += chunk;
  const reading = await read(parse(text, file.name), (name) => besides(file, name));
  if ("unreadable" in reading) {
    throw new FalconryError("ingest.json", { message: `${file.name}: ${reading.unreadable}`, hint: `${jsonReader} says what it reads` });
  }
  if (reading.records.length === 0) throw emptyFile(file.path);
  const names = Object.keys(workload.columns);
  for (const record of reading.records) {
    if ("problem" in record) take(record);
    else take({ values: names.map((name) => record.values[name]) });
  }
}

async function besides(file: RawFile, name: string): Promise<unknown> {
  const path = join(dirname(file.path), name);
  return existsSync(path) ? parse(await readFile(path, "utf8"), name) : undefined;
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FalconryError("ingest.json", {
      message: `${name} is no JSON: ${error instanceof Error ? error.message : error}`,
      hint: "Fetch the file again; it may have been cut",
      cause: error,
    });
  }
}
