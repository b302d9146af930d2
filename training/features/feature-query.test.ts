import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readParquet } from "@falconry/model/frame.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { smallHeader, smallWorkload } from "../testing/small-workload.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { withCleanRecords } from "../testing/with-clean-records.ts";
import { FeatureQuery } from "./feature-query.ts";
import { type ColumnValues, keyOf } from "./feature-table.ts";

async function run(sql: string, change: Partial<LoadedWorkload> = {}) {
  const folder = await temporaryFolder();
  const workload = smallWorkload(folder, change);
  const path = join(folder, "visits.csv");
  await writeFile(path, `${smallHeader}\n3,2024-01-03,30,Rome,true,1,yes\n1,2024-01-01,,Bari,false,2,no\n2,2024-01-02,20,,,3,no`);
  const query = await withCleanRecords(workload, async ({ parquet }) => await FeatureQuery.run(sql, [parquet], workload), path);
  onTestFinished(() => query.close());
  return { query, table: query.table, workload, folder };
}

const refusalOf = async (sql: string) =>
  await run(sql).then(
    () => undefined,
    (error) => error,
  );

test("the output is features in the order of the key, numbers and booleans as doubles", async () => {
  const { table } = await run("SELECT id, cancelled, price / 10 AS tens, online, place FROM records -- a comment\n;");
  expect(table).toEqual({
    features: [
      { name: "tens", type: "double" },
      { name: "online", type: "double" },
      { name: "place", type: "string" },
    ],
    columns: new Map<string, ColumnValues>([
      ["tens", Float64Array.of(Number.NaN, 2, 3)],
      ["online", Float64Array.of(0, Number.NaN, 1)],
      ["place", ["Bari", null, "Rome"]],
    ]),
    keys: [Float64Array.of(1, 2, 3)],
    labels: [0, 0, 1],
    classes: ["no", "yes"],
  });
});

test.each([
  ["numbers", ["id"], [["1"], ["2"], ["3"]]],
  ["days", ["day"], [["2024-01-01"], ["2024-01-02"], ["2024-01-03"]]],
  [
    "texts before numbers",
    ["place", "id"],
    [
      ["Bari", "1"],
      ["Rome", "3"],
    ],
  ],
])("rows that a query leaves in another order are brought into that of the key: %s", async (_, key, keys) => {
  const { table } = await run(`SELECT ${key.join(", ")}, cancelled, price FROM records ORDER BY online, records.id DESC`, { key });
  expect(table.labels.map((_, row) => keyOf(table, row))).toEqual(keys);
});

test("a number that is none is missing", async () => {
  const { table } = await run("SELECT id, cancelled, CAST(if(id = 1, 'inf', if(id = 2, 'nan', '7')) AS DOUBLE) AS odd FROM records");
  expect(table.columns.get("odd")).toEqual(Float64Array.of(Number.NaN, Number.NaN, 7));
});

test("Parquet holds key, features and target of the rows asked for", async () => {
  const { query, workload, folder } = await run("SELECT id, cancelled, online, place FROM records");
  const path = join(folder, "part.parquet");
  await query.writeParquet(path, [2, 0], workload);
  expect((await readParquet(await readFile(path))).columns).toEqual({
    id: [1, 3],
    online: [0, 1],
    place: ["Bari", "Rome"],
    cancelled: ["no", "yes"],
  });
});

describe("a column that is known only after the event", () => {
  test.each([
    ["by its name", "SELECT id, cancelled, paid FROM records"],
    ["qualified and quoted", 'SELECT r.id, r.cancelled, r."PAID" * 2 AS twice FROM records AS r'],
    ["in a condition only", "SELECT id, cancelled, price FROM records WHERE paid > 0"],
    ["in a subquery", "WITH kept AS (SELECT id, cancelled, coalesce(paid, 0) AS x FROM records) SELECT * FROM kept"],
  ])("is refused with its reason: %s", async (_, sql) => {
    expect(await refusalOf(sql)).toMatchObject({
      code: "train.leaking-column",
      exitCode: 3,
      message: 'visits/features.sql names "paid", known only after the event: it is paid at the end',
    });
  });

  test("is not part of a star", async () => {
    const { table } = await run("SELECT * FROM records WHERE day IS NOT NULL".replace("*", "id, price, cancelled"));
    expect(table.features.map(({ name }) => name)).toEqual(["price"]);
    const star = await run("SELECT * EXCLUDE (day) FROM records");
    expect(star.table.features.map(({ name }) => name)).toEqual(["price", "place", "online"]);
  });
});

describe("a query that makes no features is refused", () => {
  test.each([
    ["it is no SQL", "SELEC id", "it does not run"],
    ["it names what is not declared", "SELECT id, cancelled, colour FROM records", "it does not run"],
    ["it lacks key and target", "SELECT price FROM records", 'its output lacks "id", "cancelled"'],
    ["it has nothing else", "SELECT id, cancelled FROM records", "its output holds no feature"],
    ["it repeats a key", "SELECT 1 AS id, cancelled, price FROM records", "it gives several rows for id = 1"],
    ["it repeats a key far away", "SELECT id % 2 AS id, cancelled, price FROM records", "it gives several rows for id = 1"],
    ["a type is neither number nor text", "SELECT id, cancelled, [price] AS list FROM records", 'column "list" is of type DOUBLE[]'],
    ["a row has no class", "SELECT id, nullif(cancelled, 'yes') AS cancelled, price FROM records", "the target of 3 is null"],
    ["a class is no whole number", "SELECT id, 0.5 AS cancelled, price FROM records", "the target of 1 is 0.5"],
  ])("%s", async (_, sql, message) => {
    expect(await refusalOf(sql)).toMatchObject({ code: "train.feature-sql", message: expect.stringContaining(message) });
  });
});
