import { type DuckDBConnection, DuckDBDataChunk, DuckDBDoubleVector, INTEGER } from "@duckdb/node-api";
import { identifier } from "../sql.ts";
import type { ColumnValues, Feature } from "./feature-table.ts";

/** Texts of more kinds are read one by one. */
const mostKinds = 65_536;
/** As many as one of DuckDB's vectors holds. */
const rowsPerChunk = 2048;

/**
 * Columns of a table in memory, in the order in which the rows were inserted; what is to be a text may be of any type. Texts are fetched once
 * for each kind, and the rows as numbers of kinds: to decode a text takes a hundred times as long as to read a number.
 */
export async function readColumns(connection: DuckDBConnection, table: string, columns: readonly Feature[]): Promise<ColumnValues[]> {
  const kinds = await kindsOf(connection, table, columns);
  const asNumbers = [...columns.entries()].filter(([index, { type }]) => type === "double" || kinds.has(index));
  const numbers = await fetchNumbers(
    connection,
    table,
    asNumbers.map(([index, { name }]) => numberOf(name, kinds.get(index))),
  );
  const values = new Map(asNumbers.map(([index], at) => [index, valuesOf(numbers[at] ?? new Float64Array(), kinds.get(index))]));
  for (const [index, { name }] of columns.entries())
    if (!values.has(index)) values.set(index, await fetchTexts(connection, `SELECT ${textOf(name)} FROM ${identifier(table)}`));
  return columns.map((_, index) => values.get(index) ?? []);
}

/** What expressions, each a DOUBLE, are for each row of a table; NaN where null. */
async function fetchNumbers(connection: DuckDBConnection, table: string, expressions: string[]): Promise<Float64Array[]> {
  if (expressions.length === 0) return [];
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${identifier(table)}`);
  const columns = expressions.map(() => new Float64Array(Number(counted.getRowsJS()[0]?.[0] ?? 0)));
  // no null: DuckDB's client looks for one bit by bit
  const known = expressions.map((expression) => `coalesce(${expression}, 'NaN')`);
  const result = await connection.stream(`SELECT ${known.join(", ")} FROM ${identifier(table)}`);
  let start = 0;
  let next = result.fetchChunk();
  for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
    // DuckDB computes it meanwhile
    next = result.fetchChunk();
    for (const [index, numbers] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      if (!(vector instanceof DuckDBDoubleVector)) throw new TypeError(`${expressions[index]} is no DOUBLE`);
      copyInto(numbers, start, vector);
    }
    start += chunk.rowCount;
  }
  return columns;
}

/** What a query's only column, a VARCHAR, is for each row. */
async function fetchTexts(connection: DuckDBConnection, query: string): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for await (const chunk of await connection.stream(query)) {
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
    const enumeration = identifier(`falconry kinds ${index}`);
    await connection.run(
      `CREATE OR REPLACE TYPE ${enumeration} AS ENUM (
         SELECT DISTINCT ${textOf(name)} FROM ${identifier(table)} WHERE ${identifier(name)} IS NOT NULL LIMIT ${mostKinds + 1})`,
    );
    const texts = await fetchTexts(connection, `SELECT CAST(unnest(enum_range(NULL::${enumeration})) AS VARCHAR)`);
    if (texts.length <= mostKinds) kinds.set(index, { enumeration, texts });
  }
  return kinds;
}

function numberOf(column: string, kinds: Kinds | undefined): string {
  if (kinds === undefined) return `CAST(${identifier(column)} AS DOUBLE)`;
  return `CAST(enum_code(CAST(${textOf(column)} AS ${kinds.enumeration})) AS DOUBLE)`;
}

function textOf(column: string): string {
  return `CAST(${identifier(column)} AS VARCHAR)`;
}

function copyInto(numbers: Float64Array, start: number, vector: DuckDBDoubleVector): void {
  for (let row = 0; row < vector.itemCount; row++) numbers[start + row] = vector.getItem(row) ?? Number.NaN;
}

/** @param kinds where the numbers are those of kinds */
function valuesOf(numbers: Float64Array, kinds: Kinds | undefined): ColumnValues {
  if (kinds === undefined) return numbers;
  const values: ColumnValues = new Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) values[row] = kinds.texts[numbers[row] ?? Number.NaN] ?? null;
  return values;
}
