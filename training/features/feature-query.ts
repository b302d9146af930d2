import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { identifier, identifiers, literal } from "../sql.ts";
import { type ColumnValues, type Feature, type FeatureTable, keyOf } from "./feature-table.ts";
import { createRows, readColumns } from "./read-columns.ts";
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
      const features = featuresOf(types, workload);
      await createFeatures(connection, query, workload);
      return new FeatureQuery(await readTable(connection, types, features, workload), connection, instance);
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw error;
    }
  }

  /** Values of these columns of `records`, of the record that has each row's key. */
  async recordValues(columns: string[], workload: Workload): Promise<unknown[][]> {
    if (columns.length === 0) return this.table.labels.map(() => []);
    const found = await this.#connection.runAndReadAll(
      `SELECT ${columns.map((name) => `records.${identifier(name)}`).join(", ")}
       FROM "numbered features" JOIN records USING (${identifiers(workload.key)}) ORDER BY "falconry row"`,
    );
    const values = found.getRowsJS();
    if (values.length === this.table.labels.length) return values;
    throw invalid(
      workload,
      `${this.table.labels.length} rows, and ${values.length} records have their keys`,
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
      `COPY (SELECT ${columns} FROM "numbered features" WHERE "falconry row" IN (SELECT "row" FROM "falconry rows") ORDER BY "falconry row")
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

/** Makes the table `features`, in the order of the key, and a view of it that numbers its rows. */
async function createFeatures(connection: DuckDBConnection, query: string, workload: Workload): Promise<void> {
  await connection.run(`CREATE TABLE features AS SELECT * FROM (\n${query}\n)`);
  // records lie in the order of their key, and most queries leave them there
  if ((await keyOutOfOrder(connection, workload)) !== undefined) {
    await connection.run(`CREATE OR REPLACE TABLE features AS SELECT * FROM features ORDER BY ${identifiers(workload.key)}`);
    const repeated = await keyOutOfOrder(connection, workload);
    if (repeated !== undefined)
      throw invalid(workload, `it gives several rows for ${workload.key.join(", ")} = ${repeated.join(", ")}`, "Each key may have one row");
  }
  await connection.run(`CREATE VIEW "numbered features" AS SELECT *, row_number() OVER () - 1 AS "falconry row" FROM features`);
}

/** A key, as text, that does not come after that of the row before it in `features`; undefined where keys are in order and each is there once. */
async function keyOutOfOrder(connection: DuckDBConnection, { key }: Workload): Promise<string[] | undefined> {
  const texts = key.map((name) => `CAST(${identifier(name)} AS VARCHAR)`).join(", ");
  const found = await connection.runAndReadAll(
    `SELECT ${texts} FROM (SELECT *, row(${identifiers(key)}) AS "falconry key", lag("falconry key") OVER () AS "falconry key before" FROM features)
     WHERE "falconry key" <= "falconry key before" LIMIT 1`,
  );
  return found.getRowsJS()[0]?.map(String);
}

function featuresOf(types: Map<string, string>, workload: Workload): Feature[] {
  const { key, target } = workload;
  return [...types].filter(([name]) => !key.includes(name) && name !== target.column).map(([name, type]) => feature(name, type, workload));
}

async function readTable(
  connection: DuckDBConnection,
  types: Map<string, string>,
  features: Feature[],
  workload: Workload,
): Promise<FeatureTable> {
  const { key, target } = workload;
  const keyColumns: Feature[] = [];
  for (const name of key) keyColumns.push(await keyColumn(connection, name, types.get(name)));
  const labelled = feature(target.column, types.get(target.column) ?? "", workload);
  const columns = await readColumns(connection, "features", [...keyColumns, labelled, ...features]);
  const keys = columns.slice(0, key.length);
  const [targets = [], ...values] = columns.slice(key.length);
  return {
    features,
    columns: new Map(features.map(({ name }, index) => [name, finite(values[index] ?? [])])),
    keys,
    ...targetsOf(targets, keys, workload),
  };
}

/** A number that is none (infinity) is missing. */
function finite(values: ColumnValues): ColumnValues {
  if (values instanceof Float64Array)
    for (let row = 0; row < values.length; row++) if (!Number.isFinite(values[row])) values[row] = Number.NaN;
  return values;
}

const smallIntegerType = /^U?(TINYINT|SMALLINT|INTEGER)$/;

/** A key's column is text, but whole numbers that JavaScript writes as DuckDB does are faster read as what they are. */
async function keyColumn(connection: DuckDBConnection, name: string, type = ""): Promise<Feature> {
  const isNumber = smallIntegerType.test(type) || (type === "BIGINT" && (await holdsSafeIntegers(connection, identifier(name))));
  return { name, type: isNumber ? "double" : "string" };
}

async function holdsSafeIntegers(connection: DuckDBConnection, column: string): Promise<boolean> {
  const found = await connection.runAndReadAll(
    `SELECT coalesce(bool_and(${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}), false) FROM features`,
  );
  return found.getRowsJS()[0]?.[0] === true;
}

function targetsOf(values: ColumnValues, keys: ColumnValues[], workload: Workload): Pick<FeatureTable, "labels" | "classes"> {
  const isRegression = workload.target.task === "regression";
  const wrong = values.findIndex(isRegression ? (value) => !Number.isFinite(value) : (value) => !isClass(value));
  if (wrong >= 0) throw badTarget(values[wrong], keyOf({ keys }, wrong), workload);
  const classes = isRegression ? [] : [...new Set<number | string | null>(values)].filter((value) => value !== null).sort(byCodePoint);
  const places = new Map<number | string | null, number>(classes.map((name, place) => [name, place]));
  const labels: number[] = [];
  for (const value of values) labels.push(isRegression ? Number(value) : (places.get(value) ?? -1));
  return { labels, classes };
}

function isClass(value: unknown): boolean {
  return typeof value === "string" || Number.isSafeInteger(value);
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

function badTarget(value: unknown, key: string[], workload: Workload): FalconryError {
  const wanted =
    workload.target.task === "regression" ? "A regression's target is a finite number" : "A class is an integer, a boolean or a text";
  return invalid(
    workload,
    `the target of ${key.join(", ")} is ${Number.isNaN(value) ? null : value}`,
    `${wanted}; leave rows without one out with WHERE`,
  );
}

/** UTF-8 bytes order as code points do; UTF-16, JavaScript's own order, does not. */
function byCodePoint(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function invalid(workload: Workload, what: string, hint: string): FalconryError {
  return new FalconryError("train.feature-sql", { message: `${workload.name}/${workload.features.sql}: ${what}`, hint });
}
