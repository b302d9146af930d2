import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { identifier, identifiers, literal } from "../sql.ts";
import type { Feature, FeatureTable } from "./feature-table.ts";
import { createRows, fetchNumbers, fetchTexts, readColumns } from "./read-columns.ts";
import { createRecords, knownAfterEvent, refuseLeaks } from "./records-view.ts";

/** The output of a workload's feature SQL, ordered by key. Close it when done. */
export class FeatureQuery {
  readonly table: FeatureTable;
  readonly #connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;

  private constructor(table: FeatureTable, connection: DuckDBConnection, instance: DuckDBInstance) {
    this.table = table;
    this.#connection = connection;
    this.#instance = instance;
  }

  /**
   * Runs the SQL on a dataset version's Parquet. The table `records` that it sees lacks the columns that are known only after the event.
   *
   * @param sql a query over `records` whose output holds the key, the target and the features
   * @throws FalconryError `train.leaking-column`, `train.feature-sql`
   */
  static async run(sql: string, parquet: string[], workload: Workload): Promise<FeatureQuery> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    try {
      await createRecords(connection, parquet, workload, knownAfterEvent(workload));
      const query = sql.trim().replace(/;$/, "");
      const types = await describe(connection, query, parquet, workload);
      const key = workload.key.map(identifier).join(", ");
      await connection.run(
        `CREATE TABLE features AS SELECT *, row_number() OVER () - 1 AS "falconry row" FROM (SELECT * FROM (\n${query}\n) ORDER BY ${key})`,
      );
      return new FeatureQuery(await readTable(connection, types, workload), connection, instance);
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw error;
    }
  }

  /** Values of these columns of `records`, of the record that has each row's key. */
  async recordValues(columns: string[], workload: Workload): Promise<unknown[][]> {
    if (columns.length === 0) return this.table.keys.map(() => []);
    const found = await this.#connection.runAndReadAll(
      `SELECT ${columns.map((name) => `records.${identifier(name)}`).join(", ")} FROM features JOIN records USING (${identifiers(workload.key)})
       ORDER BY "falconry row"`,
    );
    const values = found.getRowsJS();
    if (values.length === this.table.keys.length) return values;
    throw invalid(
      workload,
      `${this.table.keys.length} rows, and ${values.length} records have their keys`,
      `Keep the records' own ${workload.key.join(", ")}: the split looks ${columns.join(", ")} up by it`,
    );
  }

  /** Writes key, features and target of these rows, in the order of the key. */
  async writeParquet(path: string, rows: number[], workload: Workload): Promise<void> {
    const { features } = this.table;
    const typed = features.map(
      ({ name, type }) => `CAST(${identifier(name)} AS ${type === "double" ? "DOUBLE" : "VARCHAR"}) AS ${identifier(name)}`,
    );
    const columns = [identifiers(workload.key), ...typed, identifier(workload.target.column)].join(", ");
    await createRows(this.#connection, "falconry rows", rows);
    await this.#connection.run(
      `COPY (SELECT ${columns} FROM features WHERE "falconry row" IN (SELECT "row" FROM "falconry rows") ORDER BY "falconry row")
       TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

async function describe(connection: DuckDBConnection, query: string, parquet: string[], workload: Workload): Promise<Map<string, string>> {
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM (\n${query}\n)`);
    const types = new Map(described.getRowsJS().map(([name, type]) => [String(name), String(type)]));
    checkColumns(types, workload);
    return types;
  } catch (error) {
    if (error instanceof FalconryError) throw error;
    await refuseLeaks(query, parquet, workload);
    throw invalid(workload, `it does not run: ${error instanceof Error ? error.message : error}`, "DuckDB's message says where");
  }
}

function checkColumns(types: Map<string, string>, workload: Workload): void {
  const lacking = [...workload.key, workload.target.column].filter((name) => !types.has(name));
  if (lacking.length > 0) {
    throw invalid(
      workload,
      `its output lacks ${lacking.map((name) => JSON.stringify(name)).join(", ")}`,
      "Select the key and the target beside the features",
    );
  }
  if (types.size === workload.key.length + 1) throw invalid(workload, "its output holds no feature", "Select what the model may see");
}

async function readTable(connection: DuckDBConnection, types: Map<string, string>, workload: Workload): Promise<FeatureTable> {
  const { key, target } = workload;
  const features = [...types]
    .filter(([name]) => !key.includes(name) && name !== target.column)
    .map(([name, type]) => feature(name, type, workload));
  const keys = await readKeys(connection, types, key);
  requireUnique(keys, workload);
  const labelled = feature(target.column, types.get(target.column) ?? "", workload);
  const columns = await readColumns(connection, "features", features);
  const targets = await readTargets(connection, labelled);
  return {
    features,
    columns: new Map(features.map(({ name }, index) => [name, columns[index] ?? []])),
    keys,
    ...targetsOf(targets, keys, workload),
  };
}

async function readTargets(connection: DuckDBConnection, column: Feature): Promise<unknown[]> {
  if (column.type === "string") return (await readColumns(connection, "features", [column]))[0] ?? [];
  const [numbers = []] = await fetchNumbers(connection, "features", [`CAST(${identifier(column.name)} AS DOUBLE)`]);
  return Array.from(numbers, (number) => (Number.isNaN(number) ? null : number));
}

const smallIntegerType = /^U?(TINYINT|SMALLINT|INTEGER)$/;

/** Of each row the values of the key's columns as text. */
async function readKeys(connection: DuckDBConnection, types: Map<string, string>, key: string[]): Promise<string[][]> {
  const columns: ArrayLike<unknown>[] = [];
  for (const name of key) {
    const column = identifier(name);
    const areNumbers = smallIntegerType.test(types.get(name) ?? "") || (await holdsSafeIntegers(connection, types.get(name), column));
    // to decode a text takes a hundred times as long as to read a number
    const [numbers] = areNumbers ? await fetchNumbers(connection, "features", [`CAST(${column} AS DOUBLE)`]) : [];
    columns.push(numbers ?? (await fetchTexts(connection, "features", `CAST(${column} AS VARCHAR)`)));
  }
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((values) => String(values[row])));
}

async function holdsSafeIntegers(connection: DuckDBConnection, type: string | undefined, column: string): Promise<boolean> {
  if (type !== "BIGINT") return false;
  const found = await connection.runAndReadAll(
    `SELECT coalesce(bool_and(${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}), false) FROM features`,
  );
  return found.getRowsJS()[0]?.[0] === true;
}

function targetsOf(values: unknown[], keys: string[][], workload: Workload): Pick<FeatureTable, "labels" | "classes"> {
  if (workload.target.task === "regression")
    return { labels: values.map((value, row) => numberOf(value, keys[row] ?? [], workload)), classes: [] };
  const named = values.map((value, row) => classOf(value, keys[row] ?? [], workload));
  const classes = [...new Set(named)].sort(byCodePoint);
  const places = new Map(classes.map((name, place) => [name, place]));
  return { labels: named.map((name) => places.get(name) ?? -1), classes };
}

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN)$/;

function feature(name: string, type: string, workload: Workload): Feature {
  if (numericType.test(type)) return { name, type: "double" };
  if (type === "VARCHAR") return { name, type: "string" };
  throw invalid(
    workload,
    `column "${name}" is of type ${type}`,
    "A feature is a number, a boolean or a text: turn it into one of them in the query",
  );
}

function classOf(value: unknown, key: string[], workload: Workload): number | string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw badTarget(value, key, workload, "A class is an integer, a boolean or a text; leave rows without one out with WHERE");
}

function numberOf(value: unknown, key: string[], workload: Workload): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badTarget(value, key, workload, "A regression's target is a finite number; leave rows without one out with WHERE");
}

function badTarget(value: unknown, key: string[], workload: Workload, hint: string): FalconryError {
  return invalid(workload, `the target of ${key.join(", ")} is ${value}`, hint);
}

/** @param keys in their order: equal ones follow each other */
function requireUnique(keys: string[][], workload: Workload): void {
  for (const [row, key] of keys.entries()) {
    const before = keys[row - 1];
    if (before?.every((part, index) => part === key[index]))
      throw invalid(workload, `it gives several rows for ${workload.key.join(", ")} = ${key.join(", ")}`, "Each key may have one row");
  }
}

/** UTF-8 bytes order as code points do; UTF-16, JavaScript's own order, does not. */
function byCodePoint(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function invalid(workload: Workload, what: string, hint: string): FalconryError {
  return new FalconryError("train.feature-sql", { message: `${workload.name}/${workload.features.sql}: ${what}`, hint });
}
