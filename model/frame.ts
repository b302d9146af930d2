import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, DuckDBTypeId, type JS } from "@duckdb/node-api";

type FrameValue = number | string | boolean | null;

/** A table in memory, by column. */
export interface Frame {
  rows: number;
  columns: Record<string, FrameValue[]>;
}

/**
 * Reads a Parquet file. Integers and decimals become numbers (strings of digits where a number would lose some), dates "2020-11-05",
 * timestamps "2020-11-05T23:24:00.000Z"; NaN is a missing value like NULL.
 *
 * @throws TypeError for a nested or binary column; DuckDB's error for bytes that are no Parquet
 */
export async function readParquet(bytes: Uint8Array): Promise<Frame> {
  const path = join(tmpdir(), `falconry-${randomUUID()}.parquet`);
  await writeFile(path, bytes, { mode: 0o600 });
  try {
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}

async function readFile(path: string): Promise<Frame> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll("SELECT * FROM read_parquet($path)", { path });
    const isDate = reader.columnTypes().map(({ typeId }) => typeId === DuckDBTypeId.DATE);
    const values = reader.getColumnsJS();
    const columns = reader.columnNames().map((name, index): [string, FrameValue[]] => {
      const column = values[index] ?? [];
      return [name, column.map((value) => (isDate[index] ? dayOf(value) : frameValue(value, name)))];
    });
    return { rows: reader.currentRowCount, columns: Object.fromEntries(columns) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function dayOf(value: JS): FrameValue {
  return value instanceof Date ? value.toISOString().slice(0, 10) : null;
}

function frameValue(value: JS, column: string): FrameValue {
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  throw new TypeError(`column "${column}" is nested or binary: a frame holds numbers, strings and booleans`);
}
