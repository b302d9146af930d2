import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { CsvSplitter } from "../datasets/csv-splitter.ts";
import { emptyFile, type RawFile, type TextEncoding } from "../datasets/raw-file.ts";
import { columnNames } from "./column-names.ts";
import { ColumnProfile } from "./column-profile.ts";
import { recogniseEncoding } from "./encoding.ts";
import { type Layout, recogniseLayout } from "./layout.ts";
import { RowSample } from "./row-sample.ts";

/** A table that nobody has described: how it is written, and what each column looks like. */
export interface ReadTable {
  encoding: TextEncoding;
  delimiter: string;
  /** Whether the first line names the columns, and how that was found out. */
  header: { named: boolean; reason: string };
  columns: TableColumn[];
  records: number;
  /** Records that cannot be split, or have another number of fields than the table has columns. */
  unusable: number;
}

export interface TableColumn {
  /** As SQL writes it without quotes; no other column has it. */
  name: string;
  /** As the file calls it, empty where it does not. */
  header: string;
  /** From 0. */
  position: number;
  profile: ColumnProfile;
  /** Values of some rows, the same ones for every column. */
  sample: string[];
}

export interface ReadTableOptions {
  /** The file's first line is a record. @default whatever it looks like */
  headerless?: boolean;
  /** Columns that whoever asks has named: a first line that holds them names columns. */
  named: string[];
  progress?: Progress;
}

const sampledCharacters = 1 << 20;
const recordsPerLine = 250_000;
const numberedColumn = /^c[1-9]\d*$/;

/**
 * Reads a whole table once, after its encoding and layout were recognised from its beginning. Memory does not grow with the rows.
 *
 * @throws FalconryError `table.no-text`, `table.ragged`, `ingest.empty`, `ingest.truncated`
 */
export async function readTable(file: RawFile, { headerless, named, progress = silent }: ReadTableOptions): Promise<ReadTable> {
  let records = 0;
  try {
    const encoding = await recogniseEncoding(file);
    const layout = recogniseLayout(await beginning(file, encoding));
    const header = headerless === true ? { named: false, reason: "you said that there is none" } : recogniseHeader(layout, named);
    const headers = header.named ? layout.firstRow : Array.from({ length: layout.width }, () => "");
    requireWidth(layout, header.named, file);
    const names = await columnNames(headers);
    const profiles = headers.map((header, index) => new ColumnProfile(mayBeKey(header, index)));
    const sample = new RowSample(headers.length);
    let unusable = 0;
    let headerIsLeft = header.named;
    const splitter = new CsvSplitter(layout.delimiter, (row) => {
      if (headerIsLeft) {
        headerIsLeft = false;
        return;
      }
      records += 1;
      if (records % recordsPerLine === 0) progress(`${records} records read`);
      if ("broken" in row || row.fields.length !== headers.length) {
        unusable += 1;
        return;
      }
      for (const [index, profile] of profiles.entries()) profile.add(row.fields[index] ?? "");
      sample.add(row.fields);
    });
    for await (const text of file.text(encoding)) splitter.push(text);
    splitter.end();
    if (records === 0) throw emptyFile(file.path);
    const columns = profiles.map((profile, position) => ({
      name: names[position] ?? "",
      header: headers[position] ?? "",
      position,
      profile,
      sample: sample.columns[position] ?? [],
    }));
    return { encoding, delimiter: layout.delimiter, header, columns, records, unusable };
  } catch (error) {
    throw file.explain(error, records);
  }
}

/** The first lines of the file, whole ones. */
async function beginning(file: RawFile, encoding: TextEncoding): Promise<string> {
  let text = "";
  let cut = false;
  for await (const part of file.text(encoding)) {
    text += part;
    if (text.length < sampledCharacters) continue;
    cut = true;
    break;
  }
  if (text === "") throw emptyFile(file.path);
  const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"));
  return cut && end > 0 ? text.slice(0, end + 1) : text;
}

/** A line names columns where it holds one that was asked for, or where it is text above something else. */
function recogniseHeader({ firstRow, rows }: Layout, named: string[]): ReadTable["header"] {
  const asked = named.find((name) => firstRow.includes(name));
  if (asked !== undefined) return { named: true, reason: `the first line names "${asked}"` };
  const numbered = named.find((name) => numberedColumn.test(name));
  if (numbered !== undefined) return { named: false, reason: `the first line does not name "${numbered}"` };
  const looksLikeNumber = (field: string) => field.trim() !== "" && Number.isFinite(Number(field.replace(",", ".")));
  const numbers = firstRow.filter(looksLikeNumber).length;
  if (numbers > 0 && rows.length > 0) return { named: false, reason: `the first line holds ${numbers} numbers` };
  return { named: true, reason: "the first line holds no number" };
}

/** A column that names rows in most tables: the first one, or one that is called so. */
function mayBeKey(header: string, index: number): boolean {
  return index === 0 || isIdentifierName(header);
}

/** "id", "PassengerId", "order_no", "UUID", … */
export function isIdentifierName(header: string): boolean {
  return /(^|[^a-z])(id|uuid|guid|key|no|nr|number|serial|index)$/i.test(header) || /[a-z](Id|ID|Key|No|Nr|Number|Index)$/.test(header);
}

function requireWidth({ width, firstRow }: Layout, named: boolean, file: RawFile): void {
  if (!named || firstRow.length === width) return;
  throw new FalconryError("table.ragged", {
    message: `${file.name}: the first line names ${firstRow.length} columns, most rows have ${width} fields`,
    hint: "Mend the first line, or say --no-header and name columns by their place: c1, c2, …",
  });
}
