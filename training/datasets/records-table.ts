import { join } from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, type DuckDBType } from "@duckdb/node-api";
import type { Column, Workload } from "@falconry/model/workload.ts";
import { identifier, identifiers, literal } from "../sql.ts";
import type { ColumnProfile } from "./manifest.ts";
import type { Value } from "./record.ts";
import { remembered } from "./remembered.ts";

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

/**
 * Accepted records on their way to Parquet: a DuckDB table on disk, so that there may be more of them than fit into memory. Whole numbers,
 * days and moments go over as doubles, a missing one as NaN: that costs a tenth of what BigInts and bits of validity do.
 */
export class RecordsTable {
  readonly #workload: Workload;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  /** What has not gone over yet. */
  readonly #sourceRows: number[] = [];
  readonly #columns: { pass: (value: Value) => Passed; waiting: Passed[] }[];
  #waitingRows = 0;

  private constructor(workload: Workload, instance: DuckDBInstance, connection: DuckDBConnection, appender: DuckDBAppender) {
    this.#workload = workload;
    this.#instance = instance;
    this.#connection = connection;
    this.#appender = appender;
    this.#chunk = DuckDBDataChunk.create(typesOf(appender));
    this.#columns = Object.values(workload.columns).map(({ type }) => ({ pass: passes[type].pass(), waiting: [] }));
  }

  static async create(workload: Workload, folder: string): Promise<RecordsTable> {
    // one thread: the order of rows, and with it the bytes, must not depend on the machine
    const instance = await DuckDBInstance.create(join(folder, "records.duckdb"), { threads: "1" });
    const connection = await instance.connect();
    // it compares every expression with every other, which takes longest of all where columns are thousands, and saves next to nothing where they are few
    await connection.run("SET disabled_optimizers = 'common_subexpressions'");
    const columns = Object.entries(workload.columns).map(([name, { type }]) => ({ name: identifier(name), ...passes[type] }));
    await connection.run(`CREATE TABLE passed (source_row DOUBLE, ${columns.map(({ name, as }) => `${name} ${as}`).join(", ")})`);
    await connection.run(
      `CREATE VIEW records AS SELECT source_row, ${columns.map(({ name, read }) => `${read(name)} AS ${name}`).join(", ")} FROM passed`,
    );
    return new RecordsTable(workload, instance, connection, await connection.createAppender("passed"));
  }

  append(row: number, values: Value[]): void {
    const at = this.#waitingRows;
    this.#sourceRows[at] = row;
    for (const [index, { pass, waiting }] of this.#columns.entries()) waiting[at] = pass(values[index] ?? null);
    this.#waitingRows += 1;
    if (this.#waitingRows === rowsPerChunk) this.#passWaiting();
  }

  /** Keeps the first row of each key. Nothing can be appended afterwards. */
  async removeDuplicates(): Promise<Duplicate[]> {
    this.#passWaiting();
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
        `DELETE FROM passed WHERE source_row NOT IN (SELECT min(source_row) FROM records GROUP BY ${identifiers(key)})`,
      );
    }
    return duplicates;
  }

  #passWaiting(): void {
    const rows = this.#waitingRows;
    if (rows === 0) return;
    this.#chunk.reset();
    this.#chunk.rowCount = rows;
    for (const [index, values] of [this.#sourceRows, ...this.#columns.map(({ waiting }) => waiting)].entries())
      this.#chunk.setColumnValues(index, rows < rowsPerChunk ? values.slice(0, rows) : values);
    this.#appender.appendDataChunk(this.#chunk);
    this.#waitingRows = 0;
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

/** What goes over to DuckDB. */
type Passed = number | boolean | string | null;

interface Pass {
  /** DuckDB's type on the way. */
  as: "DOUBLE" | "BOOLEAN" | "VARCHAR";
  /** How a value goes over. */
  pass: () => (value: Value) => Passed;
  /** SQL for what has arrived as the declared type. */
  read: (name: string) => string;
}

const asNumber: Pass["pass"] = () => (value) => (typeof value === "number" ? value : Number.NaN);
const asIs: Pass["pass"] = () => (value) => value;
const asMilliseconds: Pass["pass"] = () => {
  const parse = remembered(Date.parse);
  return (value) => (typeof value === "string" ? parse(value) : Number.NaN);
};
const known = (name: string) => `nullif(${name}, 'NaN'::DOUBLE)`;

const passes: Record<Column["type"], Pass> = {
  number: { as: "DOUBLE", pass: asNumber, read: known },
  integer: { as: "DOUBLE", pass: asNumber, read: (name) => `CAST(${known(name)} AS BIGINT)` },
  boolean: { as: "BOOLEAN", pass: asIs, read: (name) => name },
  string: { as: "VARCHAR", pass: asIs, read: (name) => name },
  // a day without a time is one of UTC
  date: {
    as: "DOUBLE",
    pass: asMilliseconds,
    read: (name) => `DATE '1970-01-01' + CAST(${known(name)} / ${millisecondsPerDay} AS INTEGER)`,
  },
  timestamp: { as: "DOUBLE", pass: asMilliseconds, read: (name) => `epoch_ms(CAST(${known(name)} AS BIGINT))` },
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
