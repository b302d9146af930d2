import { FalconryError } from "@falconry/environment/error.ts";
import Papa from "papaparse";
import { maxPayloadBytes } from "../container/read-request.ts";
import { sliceTable, type Table } from "./table.ts";

/** A part of a table, encoded for one request. */
export interface TableRequest {
  contentType: "application/json" | "text/csv";
  body: string;
  /** Counted from 0. */
  firstRow: number;
  rows: number;
  /** Whether it holds the whole table. */
  isWhole: boolean;
}

/** Rows whose answers, of some 300 bytes each, stay well under SageMaker's limit for an answer. */
const rowsPerRequest = 5_000;

/**
 * Cuts a table into requests that SageMaker takes, in order.
 *
 * @throws FalconryError `request.too-large` for a row that is too large by itself
 */
export function* splitIntoRequests(table: Table, bytesPerRequest: number = maxPayloadBytes): Generator<TableRequest> {
  for (let from = 0; from < table.rows; from += rowsPerRequest) {
    yield* encode(table, from, Math.min(from + rowsPerRequest, table.rows), bytesPerRequest);
  }
}

function* encode(table: Table, from: number, to: number, bytesPerRequest: number): Generator<TableRequest> {
  const rows = to - from;
  const body = write(sliceTable(table, from, to));
  const bytes = Buffer.byteLength(body);
  if (bytes <= bytesPerRequest) {
    yield { contentType: table.typed ? "application/json" : "text/csv", body, firstRow: from, rows, isWhole: rows === table.rows };
    return;
  }
  if (rows === 1) {
    throw new FalconryError("request.too-large", {
      message: `row ${from + 1} takes ${bytes} bytes, one request at most ${bytesPerRequest}`,
      hint: "Shorten the values of this row, or leave out columns that the model does not read",
    });
  }
  const middle = from + Math.floor(rows / 2);
  yield* encode(table, from, middle, bytesPerRequest);
  yield* encode(table, middle, to, bytesPerRequest);
}

function write({ columns, rows, typed }: Table): string {
  const names = [...columns.keys()];
  const values = [...columns.values()];
  const row = (index: number) => values.map((column) => column[index]);
  const data = Array.from({ length: rows }, (_, index) => row(index));
  // In quotes, because one empty field alone would make an empty line.
  if (!typed) return Papa.unparse({ fields: names, data }, { quotes: true });
  // As records: only they can lack a column, which the container then names.
  const records = data.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])));
  return JSON.stringify({ dataframe_records: records });
}
