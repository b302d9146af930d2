import { FalconryError } from "@falconry/environment/error.ts";
import Papa from "papaparse";
import { shown, type Table } from "./table.ts";

const hint = "Send comma-separated values whose first line names the columns (RFC 4180); leave a field empty where its value is missing";

/**
 * Reads CSV with a header line. Every value stays text.
 *
 * @throws FalconryError `request.malformed`, `request.empty`
 */
export function readCsv(text: string): Table {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: "," });
  const [error] = errors;
  if (error !== undefined) throw malformed(`${place(error.row ?? 0)}: ${error.message}`);
  const [header, ...rows] = withoutEnd(data, text);
  if (header === undefined || rows.length === 0) {
    throw new FalconryError("request.empty", { message: "the CSV holds no row below its header", hint });
  }
  const columns = new Map<string, string[]>(header.map((name, index) => [name, rows.map((row) => row[index] ?? "")]));
  if (columns.size < header.length) {
    const twice = header.find((name, index) => header.indexOf(name) < index);
    throw malformed(`header: column ${shown(twice)} is there twice`);
  }
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged >= 0) throw malformed(`row ${ragged + 1}: ${rows[ragged]?.length} fields for ${header.length} columns`);
  return { rows: rows.length, columns, typed: false };
}

/** A newline at the end begins no further line. Nor do blank lines there, but for a file of one column, where each is a missing value. */
function withoutEnd(lines: string[][], text: string): string[][] {
  if (lines[0]?.length === 1) return /[\r\n]$/.test(text) ? lines.slice(0, -1) : lines;
  const last = lines.findLastIndex(([first, ...others]) => others.length > 0 || first?.trim() !== "");
  return lines.slice(0, last + 1);
}

function place(line: number): string {
  return line === 0 ? "header" : `row ${line}`;
}

function malformed(message: string): FalconryError {
  return new FalconryError("request.malformed", { message, hint });
}
