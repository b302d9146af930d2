import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FalconryError } from "@falconry/environment/error.ts";
import { identifier, identifiers, literal } from "../../sql.ts";
import type { DatasetManifest } from "../manifest.ts";
import { type ColumnDrift, columnDrift } from "./column-drift.ts";
import { rowsOf } from "./query.ts";

const examplesShown = 5;

type ColumnSchema = DatasetManifest["schema"][number];

/** A version whose files stand in a folder. */
export interface TableAt {
  manifest: DatasetManifest;
  folder: string;
}

export interface TableDiff {
  kind: "table";
  key: string[];
  rows: { from: number; to: number; added: number; removed: number; changed: number; same: number };
  /** Some of the rows, in the order of their key; values as text, null where missing. */
  examples: {
    added: string[][];
    removed: string[][];
    changed: { key: string[]; column: string; from: string | null; to: string | null }[];
  };
  columns: { added: ColumnSchema[]; removed: ColumnSchema[]; changed: { name: string; from: ColumnSchema; to: ColumnSchema }[] };
  /** Of each column that both have, the largest drift first. */
  drift: ColumnDrift[];
}

/** @throws FalconryError `dataset.key` – no such column, or it does not name a row */
export async function diffTables(from: TableAt, to: TableAt, key: string[]): Promise<TableDiff> {
  const columns = diffColumns(from.manifest.schema, to.manifest.schema);
  const shared = from.manifest.schema.filter(({ name }) => to.manifest.schema.some((column) => column.name === name));
  const alike = shared.filter(({ name, type }) => to.manifest.schema.some((column) => column.name === name && column.type === type));
  const missing = key.filter((name) => !alike.some((column) => column.name === name));
  if (missing.length > 0 || key.length === 0) {
    const faults = missing.length === 0 ? "none is given" : `${missing.map((name) => JSON.stringify(name)).join(", ")} is not`;
    throw invalidKey(`its columns must be in both versions, of the same type, and ${faults}`, alike);
  }
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await createView(connection, "earlier", from);
    await createView(connection, "later", to);
    for (const view of ["earlier", "later"]) await requireUnique(connection, view, key, alike);
    const values = shared.map(({ name }) => name).filter((name) => !key.includes(name));
    await joinByKey(connection, key, values);
    const { rows, changedRows } = await countRows(connection, values);
    const examples = await findExamples(connection, key, values);
    const drift: ColumnDrift[] = [];
    for (const { name, type } of shared.filter((column) => !key.includes(column.name))) {
      const after = to.manifest.schema.find((column) => column.name === name);
      if (after?.type === type) drift.push({ ...(await columnDrift(connection, name, type)), changedRows: changedRows[name] ?? 0 });
    }
    return { kind: "table", key, rows, examples, columns, drift: drift.sort((one, other) => other.psi - one.psi) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function diffColumns(from: ColumnSchema[], to: ColumnSchema[]): TableDiff["columns"] {
  const without = (columns: ColumnSchema[], others: ColumnSchema[]) =>
    columns.filter(({ name }) => !others.some((other) => other.name === name));
  const changed = from.flatMap((column) => {
    const after = to.find(({ name }) => name === column.name);
    return after === undefined || (after.type === column.type && after.unit === column.unit)
      ? []
      : [{ name: column.name, from: column, to: after }];
  });
  return { added: without(to, from), removed: without(from, to), changed };
}

async function createView(connection: DuckDBConnection, view: string, { manifest, folder }: TableAt): Promise<void> {
  const files = manifest.files.map(({ path }) => literal(join(folder, path))).join(", ");
  await connection.run(`CREATE VIEW ${view} AS SELECT * FROM read_parquet([${files}])`);
}

async function requireUnique(connection: DuckDBConnection, view: string, key: string[], shared: ColumnSchema[]): Promise<void> {
  const columns = identifiers(key);
  const [row] = await rowsOf(connection, `SELECT ${texts(key)}, count(*) FROM ${view} GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`);
  if (row !== undefined) throw invalidKey(`${row.at(-1)} rows have the key ${row.slice(0, -1).join(", ")}`, shared);
}

/** One row for each key, with the values of both versions. */
async function joinByKey(connection: DuckDBConnection, key: string[], values: string[]): Promise<void> {
  const same = key.map((name) => `earlier.${identifier(name)} IS NOT DISTINCT FROM later.${identifier(name)}`).join(" AND ");
  const keys = key.map((name, index) => `coalesce(earlier.${identifier(name)}, later.${identifier(name)}) AS k${index}`);
  const pairs = values.flatMap((name, index) => [`earlier.${identifier(name)} AS f${index}`, `later.${identifier(name)} AS t${index}`]);
  const sides = ["earlier.falconry_here IS NOT NULL AS in_before", "later.falconry_here IS NOT NULL AS in_after"];
  await connection.run(
    `CREATE TABLE joined AS SELECT ${[...sides, ...keys, ...pairs].join(", ")}
     FROM (SELECT *, 1 AS falconry_here FROM earlier) AS earlier
     FULL OUTER JOIN (SELECT *, 1 AS falconry_here FROM later) AS later ON ${same}`,
  );
}

async function countRows(connection: DuckDBConnection, values: string[]) {
  const changed = values.map((_, index) => differs(index));
  const counts = [
    "in_before",
    "in_after",
    "NOT in_before",
    "NOT in_after",
    bothAnd(changed.join(" OR ") || "false"),
    ...changed.map(bothAnd),
  ];
  const [row = []] = await rowsOf(
    connection,
    `SELECT ${counts.map((condition) => `count(*) FILTER (WHERE ${condition})`).join(", ")} FROM joined`,
  );
  const [from = 0, to = 0, added = 0, removed = 0, changedRows = 0, ...byColumn] = row.map(Number);
  const rows = { from, to, added, removed, changed: changedRows, same: from - removed - changedRows };
  return { rows, changedRows: Object.fromEntries(values.map((name, index) => [name, byColumn[index] ?? 0])) };
}

async function findExamples(connection: DuckDBConnection, key: string[], values: string[]): Promise<TableDiff["examples"]> {
  const numbered = key.map((_, index) => `k${index}`);
  const keys = texts(numbered);
  const order = `ORDER BY ${numbered.join(", ")} LIMIT ${examplesShown}`;
  const strings = (rows: unknown[][]) => rows.map((row) => row.map(String));
  const added = strings(await rowsOf(connection, `SELECT ${keys} FROM joined WHERE NOT in_before ${order}`));
  const removed = strings(await rowsOf(connection, `SELECT ${keys} FROM joined WHERE NOT in_after ${order}`));
  const changed: TableDiff["examples"]["changed"] = [];
  for (const [index, column] of values.entries()) {
    const select = `SELECT ${keys}, CAST(f${index} AS VARCHAR), CAST(t${index} AS VARCHAR) FROM joined WHERE ${bothAnd(differs(index))} ${order}`;
    for (const row of await rowsOf(connection, select)) {
      const [from, to] = row.slice(-2).map((value) => (value === null ? null : String(value)));
      changed.push({ key: row.slice(0, -2).map(String), column, from: from ?? null, to: to ?? null });
    }
  }
  return { added, removed, changed: changed.slice(0, examplesShown) };
}

/** Also where a column changed its type: then it is the text that counts. */
function differs(index: number): string {
  return `CAST(f${index} AS VARCHAR) IS DISTINCT FROM CAST(t${index} AS VARCHAR)`;
}

function bothAnd(condition: string): string {
  return `in_before AND in_after AND (${condition})`;
}

function texts(names: string[]): string {
  return names.map((name) => `CAST(${identifier(name)} AS VARCHAR)`).join(", ");
}

function invalidKey(why: string, shared: ColumnSchema[]): FalconryError {
  return new FalconryError("dataset.key", {
    message: `the rows cannot be told apart by this key: ${why}`,
    hint: `Give --key with columns that together name a row, among: ${shared.map(({ name }) => name).join(", ")}`,
  });
}
