import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { literal } from "../../sql.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import type { DatasetManifest } from "../manifest.ts";
import { diffTables, type TableAt } from "./diff-tables.ts";

const launches = [
  { name: "id", type: "integer" },
  { name: "mass", type: "number", unit: "kg" },
  { name: "site", type: "string" },
  { name: "day", type: "date" },
  { name: "landed", type: "boolean" },
];

/** What a query gives, as a version's Parquet. */
async function version(sql: string, schema: DatasetManifest["schema"] = launches): Promise<TableAt> {
  const folder = await temporaryFolder();
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO ${literal(join(folder, "records.parquet"))} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  const files = [{ path: "records.parquet", sha256: "0".repeat(64), bytes: 1 }];
  return { folder, manifest: { name: "launches", files, schema, rows: 0, profile: {}, source: [] } };
}

const rows = (from: number, to: number, changes: { mass?: string; site?: string } = {}) =>
  `SELECT range::BIGINT AS id, ${changes.mass ?? "(range * 37 % 100)::DOUBLE"} AS mass, ${changes.site ?? "CASE WHEN range % 3 = 0 THEN 'KSC' ELSE 'CCSFS' END"} AS site,
   DATE '2020-01-01' + (range % 365)::INTEGER AS day, range % 2 = 0 AS landed FROM range(${from}, ${to})`;

describe("rows", () => {
  test("are added, removed and changed by their key", async () => {
    const from = await version(rows(0, 1_000));
    const to = await version(
      rows(10, 1_005, { mass: "CASE WHEN range = 500 THEN NULL WHEN range = 501 THEN 7 ELSE (range * 37 % 100)::DOUBLE END" }),
    );
    const diff = await diffTables(from, to, ["id"]);
    expect(diff.rows).toEqual({ from: 1_000, to: 995, added: 5, removed: 10, changed: 2, same: 988 });
    expect(diff.examples).toEqual({
      added: [["1000"], ["1001"], ["1002"], ["1003"], ["1004"]],
      removed: [["0"], ["1"], ["2"], ["3"], ["4"]],
      changed: [
        { key: ["500"], column: "mass", from: "0.0", to: null },
        { key: ["501"], column: "mass", from: "37.0", to: "7.0" },
      ],
    });
    expect(diff.drift.find(({ column }) => column === "mass")).toMatchObject({ changedRows: 2, verdict: "none" });
  });

  test("of a version and itself are the same", async () => {
    const same = await version(rows(0, 50));
    const diff = await diffTables(same, same, ["id", "day"]);
    expect(diff.rows).toEqual({ from: 50, to: 50, added: 0, removed: 0, changed: 0, same: 50 });
    expect(diff.columns).toEqual({ added: [], removed: [], changed: [] });
    for (const { psi, verdict } of diff.drift) expect([psi, verdict]).toEqual([0, "none"]);
  });

  test.each([
    ["it is no column of both", ["number"], '"number" is not'],
    ["two rows have the same", ["site"], "rows have the key"],
    ["it is empty", [], "none is given"],
  ])("cannot be compared by a key where %s", async (_, key, message) => {
    const same = await version(rows(0, 50));
    await expect(diffTables(same, same, key)).rejects.toMatchObject({ code: "dataset.key", message: expect.stringContaining(message) });
  });
});

test("columns are added, removed, and change type or unit", async () => {
  const from = await version("SELECT 1::BIGINT AS id, 2.5::DOUBLE AS mass, '3' AS block", [
    { name: "id", type: "integer" },
    { name: "mass", type: "number", unit: "kg" },
    { name: "block", type: "string" },
  ]);
  const to = await version("SELECT 1::BIGINT AS id, 2.5::DOUBLE AS mass, 3::BIGINT AS block, true AS landed", [
    { name: "id", type: "integer" },
    { name: "mass", type: "number", unit: "t" },
    { name: "block", type: "integer" },
    { name: "landed", type: "boolean" },
  ]);
  const diff = await diffTables(from, to, ["id"]);
  expect(diff.columns).toEqual({
    added: [{ name: "landed", type: "boolean" }],
    removed: [],
    changed: [
      { name: "mass", from: { name: "mass", type: "number", unit: "kg" }, to: { name: "mass", type: "number", unit: "t" } },
      { name: "block", from: { name: "block", type: "string" }, to: { name: "block", type: "integer" } },
    ],
  });
  expect(diff.rows.changed).toBe(0);
});

describe("drift", () => {
  test("is found where the values are spread differently, the largest first", async () => {
    const from = await version(rows(0, 1_825));
    const to = await version(
      rows(1_825, 3_650, { mass: "(range * 37 % 100)::DOUBLE + 60", site: "CASE WHEN range % 2 = 0 THEN 'KSC' ELSE 'VAFB' END" }),
    );
    const { drift } = await diffTables(from, to, ["id"]);
    expect(Object.fromEntries(drift.map(({ column, verdict }) => [column, verdict]))).toEqual({
      site: "large",
      mass: "large",
      day: "none",
      landed: "none",
    });
    expect(drift[0]?.psi).toBeGreaterThan(drift[1]?.psi ?? 0);
    const mass = drift.find(({ column }) => column === "mass");
    expect(mass?.from.mean).toBeCloseTo(49.5, 0);
    expect(mass?.to.mean).toBeCloseTo(109.5, 0);
  });

  test("is found where values go missing", async () => {
    const from = await version(rows(0, 1_000));
    const to = await version(rows(0, 1_000, { mass: "CASE WHEN range % 4 = 0 THEN NULL ELSE (range * 37 % 100)::DOUBLE END" }));
    const mass = (await diffTables(from, to, ["id"])).drift.find(({ column }) => column === "mass");
    expect(mass).toMatchObject({ verdict: "large", from: { missing: 0 }, to: { missing: 0.25 }, changedRows: 250 });
  });

  test("is told of numbers whose squares no double holds", async () => {
    const huge = rows(0, 100, { mass: "CASE WHEN range % 2 = 0 THEN 1e308 ELSE -1e308 END" });
    const [from, to] = [await version(huge), await version(huge)];
    const mass = (await diffTables(from, to, ["id"])).drift.find(({ column }) => column === "mass");
    expect(mass).toMatchObject({ psi: 0, from: { mean: 0, deviation: expect.closeTo(1.005e308, -305) } });
  });

  test("is none of a column without any values, or with one", async () => {
    const from = await version(rows(0, 100, { mass: "NULL::DOUBLE", site: "'KSC'" }));
    const to = await version(rows(100, 200, { mass: "NULL::DOUBLE", site: "'KSC'" }));
    const { drift } = await diffTables(from, to, ["id"]);
    for (const column of ["mass", "site"]) expect(drift.find((each) => each.column === column)).toMatchObject({ psi: 0, verdict: "none" });
  });
});
