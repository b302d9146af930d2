import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { type CsvRow, CsvSplitter } from "./csv-splitter.ts";
import { emptyFile, type RawFile } from "./raw-file.ts";
import type { ReadRecord, TakeRecord } from "./record.ts";

/**
 * Streams the records of a CSV. Its first line names the declared columns, in any order, of which an optional one may be left out; where
 * the workload says that there is no such line, they come in the declared order. An empty line is no record.
 *
 * @throws FalconryError `ingest.header`, `ingest.empty`; what the stream throws
 */
export async function readCsv(file: RawFile, workload: Workload, take: TakeRecord): Promise<void> {
  const { delimiter = ",", encoding, header = true } = workload.source;
  const expected = columnsInFile(workload);
  const placesOf = (names: string[]): Places => ({
    fields: names.length,
    ofColumns: Object.keys(workload.columns).map((name) => names.indexOf(name)),
  });
  let places = header ? undefined : placesOf(expected.map(({ name }) => name));
  let rows = 0;
  const splitter = new CsvSplitter(delimiter, (row) => {
    rows += 1;
    if (places === undefined) places = placesOf(namesOf(row, expected, file));
    else take(toRecord(row, places));
  });
  for await (const text of file.text(encoding)) splitter.push(text);
  splitter.end();
  if (rows === 0) throw emptyFile(file.path);
}

/** Where a record's values stand in its line. */
interface Places {
  /** How many fields the line has. */
  fields: number;
  /** The field of each declared column; -1 where the file has none. */
  ofColumns: number[];
}

interface ExpectedColumn {
  /** As declared. */
  name: string;
  /** As the first line calls it. */
  header: string;
  /** The first line may leave it out. */
  optional: boolean;
}

function columnsInFile({ columns, source }: Workload): ExpectedColumn[] {
  return Object.entries(columns)
    .filter(([name]) => name !== source.rowNumber)
    .map(([name, { header = name, optional = false }]) => ({ name, header, optional }));
}

function toRecord(row: CsvRow, { fields: count, ofColumns }: Places): ReadRecord {
  if ("broken" in row) return { problem: { column: null, value: row.broken, reason: row.reason } };
  const { fields } = row;
  if (fields.length === count) return { values: ofColumns.map((place) => fields[place]) };
  const reason = `${fields.length} fields where the header has ${count}`;
  return { problem: { column: null, value: fields.join(","), reason } };
}

/** The declared column of each field of the first line. */
function namesOf(row: CsvRow, expected: ExpectedColumn[], file: RawFile): string[] {
  const fields = "fields" in row ? row.fields : [row.broken];
  const left = [...expected];
  const names = fields.map((field) => {
    const index = left.findIndex(({ header }) => header === field);
    return index < 0 ? undefined : left.splice(index, 1)[0]?.name;
  });
  const isDeclared = (field: string) => expected.some(({ header }) => header === field);
  const unnamed = fields.filter((_, index) => names[index] === undefined);
  const faults = [
    ...quoted(
      "misses",
      left.filter(({ optional }) => !optional).map(({ header }) => header),
    ),
    ...quoted(
      "has the undeclared",
      unnamed.filter((field) => !isDeclared(field)),
    ),
    ...quoted("repeats", unnamed.filter(isDeclared)),
  ];
  if (faults.length === 0) return names.filter((name) => name !== undefined);
  throw new FalconryError("ingest.header", {
    message: `${file.name}, header: it ${faults.join(", ")}`,
    hint: `The first line names these columns, in any order: ${expected.map(({ header }) => header).join(", ")}`,
  });
}

function quoted(verb: string, names: string[]): string[] {
  return names.length === 0 ? [] : [`${verb} ${names.map((name) => JSON.stringify(name)).join(", ")}`];
}
