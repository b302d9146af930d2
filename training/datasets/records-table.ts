import { join } from "node:path";
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Column, Workload } from "@falconry/model/workload.ts";
import { identifier, identifiers, literal } from "../sql.ts";
import type { ColumnProfile } from "./manifest.ts";
import type { Value } from "./record.ts";

const microsecondsPerMillisecond = 1000n;
const millisecondsPerDay = 86_400_000;
/** Of the row groups of a Parquet file; fixed, because the bytes depend on it. */
const rowsPerGroup = 122_880;
/** Rows that go over to DuckDB together: as many as its vectors hold. */
const rowsPerChunk = 2048;

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
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  readonly #sourceRows: bigint[] = [];
  /** Values of the declared columns that have not gone over yet, by column. */
  readonly #waiting: { toDuckDB: (value: Value) => DuckDBValue; values: DuckDBValue[] }[];

  private constructor(workload: Workload, instance: DuckDBInstance, connection: DuckDBConnection, appender: DuckDBAppender) {
    this.#workload = workload;
    this.#instance = instance;
    this.#connection = connection;
    this.#appender = appender;
    this.#chunk = DuckDBDataChunk.create(typesOf(appender));
    this.#waiting = Object.values(workload.columns).map(({ type }) => ({ toDuckDB: converters[type], values: [] }));
  }

  static async create(workload: Workload, folder: string): Promise<RecordsTable> {
    // one thread: the order of rows, and with it the bytes, must not depend on the machine
    const instance = await DuckDBInstance.create(join(folder, "records.duckdb"), { threads: "1" });
    const connection = await instance.connect();
    const columns = Object.entries(workload.columns).map(([name, column]) => `${identifier(name)} ${sqlTypes[column.type]}`);
    await connection.run(`CREATE TABLE records (source_row BIGINT, ${columns.join(", ")})`);
    return new RecordsTable(workload, instance, connection, await connection.createAppender("records"));
  }

  append(row: number, values: Value[]): void {
    this.#sourceRows.push(BigInt(row));
    for (const [index, { toDuckDB, values: waiting }] of this.#waiting.entries()) waiting.push(toDuckDB(values[index] ?? null));
    if (this.#sourceRows.length === rowsPerChunk) this.#appendWaiting();
  }

  /** Keeps the first row of each key. Nothing can be appended afterwards. */
  async removeDuplicates(): Promise<Duplicate[]> {
    this.#appendWaiting();
    this.#appender.closeSync();
    const { key } = this.#workload;
    const texts = key.map((name) => `CAST(${identifier(name)} AS VARCHAR)`);
    const found = await this.#connection.runAndReadAll(
      `SELECT source_row, first_row, ${texts.join(", ")}
       FROM records JOIN (SELECT ${identifiers(key)}, min(source_row) AS first_row FROM records GROUP BY ALL HAVING count(*) > 1)
       USING (${identifiers(key)}) WHERE source_row > first_row ORDER BY source_row`,
    );
    const duplicates = found
      .getRows()
      .map(([row, firstRow, ...values]) => ({ row: Number(row), firstRow: Number(firstRow), key: values.map(String) }));
    if (duplicates.length > 0) {
      await this.#connection.run(
        `DELETE FROM records WHERE source_row NOT IN (SELECT min(source_row) FROM records GROUP BY ${identifiers(key)})`,
      );
    }
    return duplicates;
  }

  #appendWaiting(): void {
    const rows = this.#sourceRows.length;
    if (rows === 0) return;
    this.#chunk.reset();
    this.#chunk.rowCount = rows;
    for (const [index, values] of [this.#sourceRows, ...this.#waiting.map(({ values }) => values)].entries()) {
      this.#chunk.setColumnValues(index, values);
      values.length = 0;
    }
    this.#appender.appendDataChunk(this.#chunk);
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

const converters: Record<Column["type"], (value: Value) => DuckDBValue> = {
  number: (value) => value,
  integer: (value) => (typeof value === "number" ? BigInt(value) : null),
  boolean: (value) => value,
  string: (value) => value,
  date: (value) => (typeof value === "string" ? new DuckDBDateValue(Date.parse(`${value}T00:00:00Z`) / millisecondsPerDay) : null),
  timestamp: (value) =>
    typeof value === "string" ? new DuckDBTimestampValue(BigInt(Date.parse(value)) * microsecondsPerMillisecond) : null,
};

function typesOf(appender: DuckDBAppender): DuckDBType[] {
  return Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
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
