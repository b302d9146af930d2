import { Readable } from "node:stream";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import Papa from "papaparse";
import { emptyFile, type RawFile } from "./raw-file.ts";
import type { TakeRecord } from "./record.ts";

/**
 * Streams the records of a comma-separated file whose first line names the declared columns, in any order; an optional one may be left out.
 * An empty line is no record.
 *
 * @throws FalconryError `ingest.header`, `ingest.empty`; what the stream throws
 */
export async function readCsv(file: RawFile, workload: Workload, take: TakeRecord): Promise<void> {
  const source = Readable.from(file.text());
  let header: string[] | undefined;
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(source, {
      delimiter: ",",
      chunk({ data, errors }, parser) {
        try {
          const broken = new Map(errors.map((error) => [error.row, error.message]));
          for (const [index, fields] of data.entries()) {
            if (fields.length === 1 && fields[0] === "") continue;
            if (header === undefined) header = checkHeader(fields, file, workload);
            else take(toRecord(fields, header, broken.get(index)));
          }
        } catch (error) {
          reject(error);
          parser.abort();
          source.destroy();
        }
      },
      complete: () => resolve(),
      error: reject,
    });
  });
  if (header === undefined) throw emptyFile(file.path);
}

function toRecord(fields: string[], header: string[], broken: string | undefined) {
  if (broken !== undefined) return { problem: { column: null, value: fields.join(","), reason: `quotes do not match: ${broken}` } };
  if (fields.length !== header.length) {
    return { problem: { column: null, value: fields.join(","), reason: `${fields.length} fields where the header has ${header.length}` } };
  }
  return { values: Object.fromEntries(header.map((name, index) => [name, fields[index]])) };
}

function checkHeader(fields: string[], file: RawFile, workload: Workload): string[] {
  const declared = Object.keys(workload.columns);
  const faults = [
    ...quoted(
      "misses",
      declared.filter((name) => !fields.includes(name) && !workload.columns[name]?.optional),
    ),
    ...quoted(
      "has the undeclared",
      fields.filter((name) => !declared.includes(name)),
    ),
    ...quoted(
      "repeats",
      fields.filter((name, index) => declared.includes(name) && fields.indexOf(name) < index),
    ),
  ];
  if (faults.length === 0) return fields;
  throw new FalconryError("ingest.header", {
    message: `${file.name}, header: it ${faults.join(", ")}`,
    hint: `The first line names these columns, separated by commas, in any order: ${declared.join(", ")}`,
  });
}

function quoted(verb: string, names: string[]): string[] {
  return names.length === 0 ? [] : [`${verb} ${names.map((name) => JSON.stringify(name)).join(", ")}`];
}
