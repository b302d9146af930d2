import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { FalconryError } from "@falconry/environment/error.ts";
import { readCsv } from "./table/read-csv.ts";
import { parse, readJson, tableOfRecords } from "./table/read-json.ts";
import type { Table } from "./table/table.ts";

/**
 * Reads rows to predict from a file: CSV with a header, a JSON record or list of records, or one of the JSON formats of a request.
 *
 * @param input a path, or `-` for standard input
 * @throws FalconryError `predict.input-missing`, `request.malformed`, `request.shape`, `request.empty` – the message begins with the input's name
 */
export async function readRows(input: string): Promise<Table> {
  const content = await readInput(input);
  try {
    return parseRows(content);
  } catch (error) {
    if (!(error instanceof FalconryError)) throw error;
    throw new FalconryError(error.code, { message: `${nameOf(input)}: ${error.message}`, hint: error.hint });
  }
}

function parseRows(content: Buffer): Table {
  if (!isUtf8(content))
    throw new FalconryError("request.malformed", { message: "no UTF-8 text", hint: "Give plain CSV or JSON, unpacked and in UTF-8" });
  const text = content.toString("utf8").replace(/^\uFEFF/, "");
  if (!/^\s*[[{]/.test(text)) return readCsv(text);
  const value = parse(text);
  if (!Array.isArray(value)) return isRequest(value) ? readJson(text) : tableOfRecords([value]);
  if (value.length === 0)
    throw new FalconryError("request.empty", { message: "the list holds no record", hint: "Give at least one record" });
  return tableOfRecords(value);
}

/** A record has many columns, or one that holds no list or object; a request has one member that does. */
function isRequest(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const [member, another] = Object.values(value);
  return another === undefined && typeof member === "object" && member !== null;
}

async function readInput(input: string): Promise<Buffer> {
  if (input === "-") return buffer(process.stdin);
  try {
    return await readFile(input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FalconryError("predict.input-missing", {
      message: reason,
      hint: "Name a CSV or JSON file, or - for standard input",
      cause: error,
    });
  }
}

function nameOf(input: string): string {
  return input === "-" ? "standard input" : input;
}
