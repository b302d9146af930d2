import { join } from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBDateValue, DuckDBInstance, DuckDBTimestampValue } from "@duckdb/node-api";
import type { Column, Workload } from "@falconry/model/workload.ts";
import { identifier, identifiers, literal } from "../sql.ts";
import type { ColumnProfile } from "./manifest.ts";
import type { Value } from "./record.ts";

const microsecondsPerMillisecond = 1000n;
const millisecondsPerDay = 86_400_000;
/** Of the row groups of a Parquet file; fixed, because the bytes depend on it. */
const rowsPerGroup = 122_880;

/** A row whose key an earlier row has as well. */
export interface Duplicate {
  row: number;
  /** The key's values, as text. */
  key: string[];
  firstRow: number;
}

/** Accepted records on their way to Parquet: a DuckDB table on disk, so that there may be more of them than fit into memory. */
export class RecordsTable {
  readonly #workload: Workload;
  readonly #columns: Column[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;

  private constructor(workload: Workload, instance: DuckDBInstance, connection: DuckDBConnection, appender: DuckDBAppender) {
    this.#workload = workload;
    this.#columns = Object.values(workload.columns);
    this.#instance = instance;
    this.#connection = connection;
    this.#appender = appender;
  }

  static async create(workload: Workload, folder: string): Promise<RecordsTable> {
    // one thread: the order of rows, and with it the bytes, must not depend on the machine
    const instance = await DuckDBInstance.create(join(folder, "records.duckdb"), { threads: "1" });
    const connection = await instance.connect();
    const columns = Object.entries(workload.columns).map(([name, column]) => `${identifier(name)} ${sqlTypes[column.type]}`);
    await connection.run(`CREATE TABLE appended (source_row BIGINT, ${columns.join(", ")})`);
    return new RecordsTable(workload, instance, connection, await connection.createAppender("appended"));
  }

  append(row: number, values: Value[]): void {
    this.#appender.appendBigInt(BigInt(row));
    for (const [index, column] of this.#columns.entries()) appendValue(this.#appender, column, values[index] ?? null);
    this.#appender.endRow();
  }

  /** Keeps the first row of each key. Nothing can be appended afterwards. */
  async removeDuplicates(): Promise<Duplicate[]> {
    this.#appender.closeSync();
    const key = identifiers(this.#workload.key);
    await this.#connection.run(`CREATE TABLE records AS SELECT *, min(source_row) OVER (PARTITION BY ${key}) AS first_row FROM appended`);
    const texts = this.#workload.key.map((name) => `CAST(${identifier(name)} AS VARCHAR)`);
    const found = await this.#connection.runAndReadAll(
      `SELECT source_row, first_row, ${texts.join(", ")} FROM records WHERE source_row > first_row ORDER BY source_row`,
    );
    await this.#connection.run("DELETE FROM records WHERE source_row > first_row");
    return found.getRows().map(([row, firstRow, ...values]) => ({ row: Number(row), firstRow: Number(firstRow), key: values.map(String) }));
  }

  /** Writes the rows in the order of their key: the same rows always give the same bytes. @returns how many */
  async writeParquet(path: string): Promise<number> {
    const columns = identifiers(Object.keys(this.#workload.columns));
    const written = await this.#connection.run(
      `COPY (SELECT ${columns} FROM records ORDER BY ${identifiers(this.#workload.key)})
       TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsPerGroup})`,
    );
    return written.rowsChanged;
  }

  async profile(): Promise<Record<string, ColumnProfile>> {
    const columns = Object.entries(this.#workload.columns);
    const measures = columns.flatMap(([name, column]) => {
      const value = identifier(name);
      const missing = `count(*) - count(${value})`;
      if (isCounted(column)) return [missing, `count(DISTINCT ${value})`, "NULL"];
      const shown = isTime(column) ? `CAST(${value} AS VARCHAR)` : `CAST(${value} AS DOUBLE)`;
      return [missing, `min(${shown})`, `max(${shown})`];
    });
    const [measured = []] = (await this.#connection.runAndReadAll(`SELECT ${measures.join(", ")} FROM records`)).getRowsJS();
    return Object.fromEntries(
      columns.map(([name, column], index) => {
        const [missing, low, high] = measured.slice(3 * index, 3 * index + 3);
        const counts = { missing: Number(missing) };
        if (isCounted(column)) return [name, { ...counts, distinct: Number(low) }];
        return [name, low === null ? counts : { ...counts, min: bound(low), max: bound(high) }];
      }),
    );
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

const sqlTypes: Record<Column["type"], string> = {
  number: "DOUBLE",
  integer: "BIGINT",
  boolean: "BOOLEAN",
  string: "VARCHAR",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

function appendValue(appender: DuckDBAppender, column: Column, value: Value): void {
  if (value === null) appender.appendNull();
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else if (typeof value === "number") {
    if (column.type === "integer") appender.appendBigInt(BigInt(value));
    else appender.appendDouble(value);
  } else if (column.type === "timestamp")
    appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Date.parse(value)) * microsecondsPerMillisecond));
  else if (column.type === "date") appender.appendDate(new DuckDBDateValue(Date.parse(`${value}T00:00:00Z`) / millisecondsPerDay));
  else appender.appendVarchar(value);
}

function isCounted(column: Column): boolean {
  return column.type === "string" || column.type === "boolean";
}

function isTime(column: Column): boolean {
  return column.type === "date" || column.type === "timestamp";
}

function bound(value: unknown): number | string {
  return typeof value === "number" ? value : String(value);
}
