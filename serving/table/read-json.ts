import { FalconryError } from "@falconry/environment/error.ts";
import { shown, type Table } from "./table.ts";

/** Keys of a request that hold rows, as MLflow's scoring server names them. */
const formats = ["dataframe_split", "dataframe_records", "inputs", "instances"] as const;

const formatHint =
  'Send one of {"dataframe_records":[{column: value}]}, {"dataframe_split":{"columns":[…],"data":[[…]]}}, {"inputs":{column: [values]}} or {"instances":[{column: value}]}';

/**
 * Reads MLflow's JSON formats: `dataframe_split`, `dataframe_records`, `inputs` (columns, or records), `instances` (records, or rows).
 *
 * @param names the columns to read, in the order of rows without names; all others are left out. Without it every column is read, and
 *   rows without names are refused.
 * @throws FalconryError `request.malformed`, `request.shape`, `request.empty`
 */
export function readJson(text: string, names?: readonly string[]): Table {
  const request = parse(text);
  if (!isObject(request)) throw wrongShape(`the request is ${shown(request)}, no object`);
  const keys = Object.keys(request);
  const format = formats.find((candidate) => keys.includes(candidate));
  const [stranger] = keys.filter((key) => key !== format);
  if (format === undefined) throw wrongShape(keys.length === 0 ? "the request is {}" : `the request holds ${shown(keys[0])}, and no rows`);
  if (stranger !== undefined) throw wrongShape(`the request holds ${shown(stranger)} beside ${shown(format)}`);
  const table = readFormat(format, request[format], names);
  if (table.rows > 0) return table;
  throw new FalconryError("request.empty", { message: `"${format}" holds no row`, hint: "Send at least one row" });
}

/** @throws FalconryError `request.malformed` */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FalconryError("request.malformed", { message: `no JSON: ${reason}`, hint: formatHint });
  }
}

/** Records of any columns; one that lacks a column has `undefined` there. */
export function tableOfRecords(records: readonly unknown[], names?: readonly string[], where = "records"): Table {
  const columns = new Map<string, unknown[]>(names?.map((name) => [name, new Array<unknown>(records.length)]));
  for (const [row, record] of records.entries()) {
    if (!isObject(record)) throw wrongShape(`${where}, row ${row + 1}: ${shown(record)} is no object of columns`);
    for (const name of names ?? Object.keys(record)) {
      if (!Object.hasOwn(record, name)) continue;
      const values = columns.get(name) ?? new Array<unknown>(records.length);
      values[row] = record[name];
      columns.set(name, values);
    }
  }
  return { rows: records.length, columns, typed: true };
}

function readFormat(format: (typeof formats)[number], content: unknown, names: readonly string[] | undefined): Table {
  if (format === "dataframe_split") return readSplit(content, names);
  if (format === "inputs" && isObject(content)) return readColumns(content, names);
  if (!Array.isArray(content)) throw wrongShape(`"${format}" is ${shown(content)}, no list of rows`);
  if (format !== "dataframe_records" && Array.isArray(content[0])) {
    if (names === undefined) throw wrongShape(`"${format}", row 1: its values have no column names`);
    return tableOfRows(names, content, format, names);
  }
  return tableOfRecords(content, names, `"${format}"`);
}

function readSplit(content: unknown, names: readonly string[] | undefined): Table {
  if (!isObject(content)) throw wrongShape(`"dataframe_split" is ${shown(content)}, no object`);
  const { columns, data } = content;
  if (!Array.isArray(columns)) throw wrongShape(`"dataframe_split": "columns" is ${shown(columns)}, no list of names`);
  if (!Array.isArray(data)) throw wrongShape(`"dataframe_split": "data" is ${shown(data)}, no list of rows`);
  return tableOfRows(columns, data, "dataframe_split", names);
}

function tableOfRows(header: readonly unknown[], data: readonly unknown[], where: string, names?: readonly string[]): Table {
  const position = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    if (typeof name !== "string") throw wrongShape(`"${where}": column ${index + 1} is named ${shown(name)}, no string`);
    if (position.has(name)) throw wrongShape(`"${where}": column ${shown(name)} is there twice`);
    position.set(name, index);
  }
  for (const [row, values] of data.entries()) {
    if (!Array.isArray(values)) throw wrongShape(`"${where}", row ${row + 1}: ${shown(values)} is no list of values`);
    if (values.length !== header.length)
      throw wrongShape(`"${where}", row ${row + 1}: ${values.length} values for ${header.length} columns`);
  }
  const rows = data as readonly (readonly unknown[])[];
  const columns = new Map<string, unknown[]>();
  for (const [name, index] of position) {
    if (names === undefined || names.includes(name))
      columns.set(
        name,
        rows.map((values) => values[index]),
      );
  }
  return { rows: data.length, columns, typed: true };
}

function readColumns(content: Record<string, unknown>, names: readonly string[] | undefined): Table {
  const columns = new Map<string, unknown[]>();
  let rows: number | undefined;
  for (const name of names ?? Object.keys(content)) {
    if (!Object.hasOwn(content, name)) continue;
    const values = content[name];
    if (!Array.isArray(values)) throw wrongShape(`"inputs", column ${shown(name)}: ${shown(values)} is no list of values`);
    rows ??= values.length;
    if (values.length !== rows)
      throw wrongShape(`"inputs", column ${shown(name)}: ${values.length} values where other columns have ${rows}`);
    columns.set(name, values);
  }
  return { rows: rows ?? 0, columns, typed: true };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongShape(message: string): FalconryError {
  return new FalconryError("request.shape", { message, hint: formatHint });
}
