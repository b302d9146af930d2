import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { readParquet } from "./frame.ts";

/** The Parquet file of a query's result. */
async function parquet(query: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-frame-"));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${query}) TO '${join(folder, "frame.parquet")}' (FORMAT parquet)`);
    return await readFile(join(folder, "frame.parquet"));
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

test.for([
  ["DOUBLE '1.5'", 1.5],
  ["DECIMAL(10, 2) '1.25'", 1.25],
  ["BIGINT '42'", 42],
  ["HUGEINT '42'", 42],
  ["BIGINT '9007199254740993'", "9007199254740993"],
  ["true", true],
  ["'GTO'", "GTO"],
  ["DATE '2020-11-05'", "2020-11-05"],
  ["TIMESTAMP '2020-11-05 23:24:00'", "2020-11-05T23:24:00.000Z"],
  ["NULL::DATE", null],
  ["NULL::DOUBLE", null],
  ["DOUBLE 'nan'", null],
] as const)("%s is %s", async ([sql, value]) => {
  expect(await readParquet(await parquet(`SELECT ${sql} AS x`))).toEqual({ rows: 1, columns: { x: [value] } });
});

test("rows keep their order, however many there are", async () => {
  const frame = await readParquet(await parquet("SELECT range AS i, range % 7 AS week FROM range(10000)"));
  expect(frame.rows).toBe(10_000);
  expect(frame.columns.i).toEqual(Array.from({ length: 10_000 }, (_, row) => row));
});

test("a table without rows keeps its columns", async () => {
  expect(await readParquet(await parquet("SELECT 1 AS x, 'a' AS y WHERE false"))).toEqual({ rows: 0, columns: { x: [], y: [] } });
});

test("a nested column is refused by name", async () => {
  await expect(readParquet(await parquet("SELECT [1, 2] AS path"))).rejects.toThrow('column "path" is nested or binary');
});

test("bytes that are no Parquet are refused, and nothing is left behind", async () => {
  const own = async () => (await readdir(tmpdir())).filter((name) => /^falconry-.*\.parquet$/.test(name));
  const before = await own();
  await expect(readParquet(Buffer.from("no table"))).rejects.toThrow("Parquet");
  expect((await own()).filter((name) => !before.includes(name))).toEqual([]);
});
