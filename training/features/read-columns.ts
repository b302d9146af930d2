import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue, INTEGER } from "@duckdb/node-api";
import { identifier } from "../sql.ts";
import type { Feature } from "./feature-table.ts";

/** Values of one column, one per row. */
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
  const expressions = columns.map((column, index) => expressionOf(column, kinds.get(index)));
  const found = await fetchColumns(connection, `SELECT ${expressions.join(", ")} FROM ${identifier(table)}`);
  return columns.map(({ type }, index) => {
    const values = found[index] ?? [];
    const texts = kinds.get(index)?.texts;
    if (texts !== undefined) return values.map((kind) => texts[Number(kind)] ?? null);
    return type === "double" ? values.map(numberOrMissing) : values.map((value) => (typeof value === "string" ? value : null));
  });
}

/** What a query gives, column by column. */
export async function fetchColumns(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await connection.stream(sql);
  const columns = Array.from({ length: result.columnCount }, (): DuckDBValue[] => []);
  for await (const chunk of result) {
    for (const [index, values] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      for (let row = 0; row < vector.itemCount; row++) values.push(vector.getItem(row));
    }
  }
  return columns;
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
  texts: string[];
}

/** Of each column of texts, by its index, unless there are too many kinds. */
async function kindsOf(connection: DuckDBConnection, table: string, columns: readonly Feature[]): Promise<Map<number, Kinds>> {
  const kinds = new Map<number, Kinds>();
  for (const [index, { name, type }] of columns.entries()) {
    if (type === "double") continue;
    const distinct = `SELECT DISTINCT ${identifier(name)} AS kind FROM ${identifier(table)} WHERE ${identifier(name)} IS NOT NULL`;
    const [[count = 0] = []] = await fetchColumns(connection, `SELECT count(*) FROM (${distinct} LIMIT ${mostKinds + 1})`);
    if (Number(count) === 0 || Number(count) > mostKinds) continue;
    const enumeration = identifier(`falconry kinds ${index}`);
    await connection.run(`CREATE OR REPLACE TYPE ${enumeration} AS ENUM (${distinct})`);
    const [texts = []] = await fetchColumns(connection, `SELECT unnest(enum_range(NULL::${enumeration}))`);
    kinds.set(index, { enumeration, texts: texts.map(String) });
  }
  return kinds;
}

function expressionOf({ name, type }: Feature, kinds: Kinds | undefined): string {
  // nothing is null: a missing value is told by what it is instead
  if (type === "double") return `coalesce(CAST(${identifier(name)} AS DOUBLE), 'NaN')`;
  if (kinds === undefined) return identifier(name);
  return `coalesce(CAST(enum_code(CAST(${identifier(name)} AS ${kinds.enumeration})) AS INTEGER), -1)`;
}

function numberOrMissing(value: DuckDBValue): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
