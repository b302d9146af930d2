import { type DuckDBConnection, DuckDBDataChunk, DuckDBDoubleVector, INTEGER } from "@duckdb/node-api";
import { identifier } from "../sql.ts";
import type { Feature } from "./feature-table.ts";

/** Values of one column, one per row; null where missing. */
export type ColumnValues = (number | string | null)[];

/** Texts of more kinds are read one by one. */
const mostKinds = 65_536;
/** As many as one of DuckDB's vectors holds. */
const rowsPerChunk = 2048;

/**
 * Columns of a table in memory, in the order in which the rows were inserted. A number that is none (infinity, NaN) is missing. Texts are
 * fetched once for each kind, and the rows as numbers of kinds: to decode a text takes a hundred times as long as to read a number.
 */
export async function readColumns(connection: DuckDBConnection, table: string, columns: readonly Feature[]): Promise<ColumnValues[]> {
  const kinds = await kindsOf(connection, table, columns);
  const asNumbers = [...columns.entries()].filter(([index, { type }]) => type === "double" || kinds.has(index));
  const numbers = await fetchNumbers(
    connection,
    table,
    asNumbers.map(([index, { name }]) => numberOf(identifier(name), kinds.get(index))),
  );
  const values = new Map(asNumbers.map(([index], at) => [index, valuesOf(numbers[at] ?? new Float64Array(), kinds.get(index)?.texts)]));
  for (const [index, { name }] of columns.entries())
    if (!values.has(index)) values.set(index, await fetchTexts(connection, table, identifier(name)));
  return columns.map((_, index) => values.get(index) ?? []);
}

/** What expressions, each a DOUBLE, are for each row of a table; NaN where null. */
export async function fetchNumbers(connection: DuckDBConnection, table: string, expressions: string[]): Promise<Float64Array[]> {
  if (expressions.length === 0) return [];
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${identifier(table)}`);
  const columns = expressions.map(() => new Float64Array(Number(counted.getRowsJS()[0]?.[0] ?? 0)));
  // no null: DuckDB's client looks for one bit by bit
  const known = expressions.map((expression) => `coalesce(${expression}, 'NaN')`);
  const result = await connection.stream(`SELECT ${known.join(", ")} FROM ${identifier(table)}`);
  let start = 0;
  for await (const chunk of result) {
    for (const [index, numbers] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      if (!(vector instanceof DuckDBDoubleVector)) throw new TypeError(`${expressions[index]} is no DOUBLE`);
      copyInto(numbers, start, vector);
    }
    start += chunk.rowCount;
  }
  return columns;
}

/** What an expression, a VARCHAR, is for each row of a table. */
export async function fetchTexts(connection: DuckDBConnection, table: string, expression: string): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for await (const chunk of await connection.stream(`SELECT ${expression} FROM ${identifier(table)}`)) {
    const vector = chunk.getColumnVector(0);
    for (let row = 0; row < vector.itemCount; row++) {
      const text = vector.getItem(row);
      texts.push(text === null ? null : String(text));
    }
  }
  return texts;
}

/** Makes a table of these whole numbers below 2^31, in its column `row`. */
export async function createRows(connection: DuckDBConnection, table: string, rows: readonly number[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(table)} ("row" INTEGER)`);
  const appender = await connection.createAppender(table);
  const chunk = DuckDBDataChunk.create([INTEGER]);
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    const some = rows.slice(start, start + rowsPerChunk);
    chunk.reset();
    chunk.rowCount = some.length;
    chunk.setColumnValues(0, some);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** The kinds of text that a column holds, and the enumeration that numbers them. */
interface Kinds {
  enumeration: string;
  texts: (string | null)[];
}

/** Of each column of texts, by its index, unless there are too many kinds. */
async function kindsOf(connection: DuckDBConnection, table: string, columns: readonly Feature[]): Promise<Map<number, Kinds>> {
  const kinds = new Map<number, Kinds>();
  for (const [index, { name, type }] of columns.entries()) {
    if (type === "double") continue;
    const distinct = `SELECT DISTINCT ${identifier(name)} AS kind FROM ${identifier(table)} WHERE ${identifier(name)} IS NOT NULL`;
    const counted = await connection.runAndReadAll(`SELECT count(*) FROM (${distinct} LIMIT ${mostKinds + 1})`);
    const count = Number(counted.getRowsJS()[0]?.[0]);
    if (count === 0 || count > mostKinds) continue;
    const enumeration = identifier(`falconry kinds ${index}`);
    await connection.run(`CREATE OR REPLACE TYPE ${enumeration} AS ENUM (${distinct})`);
    await connection.run(`CREATE OR REPLACE TEMP TABLE "falconry kinds" AS SELECT unnest(enum_range(NULL::${enumeration})) AS kind`);
    kinds.set(index, { enumeration, texts: await fetchTexts(connection, "falconry kinds", "CAST(kind AS VARCHAR)") });
  }
  return kinds;
}

function numberOf(column: string, kinds: Kinds | undefined): string {
  if (kinds === undefined) return `CAST(${column} AS DOUBLE)`;
  return `CAST(enum_code(CAST(${column} AS ${kinds.enumeration})) AS DOUBLE)`;
}

function copyInto(numbers: Float64Array, start: number, vector: DuckDBDoubleVector): void {
  for (let row = 0; row < vector.itemCount; row++) numbers[start + row] = vector.getItem(row) ?? Number.NaN;
}

/** @param texts by their number, where the numbers are those of kinds */
function valuesOf(numbers: Float64Array, texts: (string | null)[] | undefined): ColumnValues {
  const values: ColumnValues = new Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row] ?? Number.NaN;
    if (texts !== undefined) values[row] = texts[number] ?? null;
    else values[row] = Number.isFinite(number) ? number : null;
  }
  return values;
}
