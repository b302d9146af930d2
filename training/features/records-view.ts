import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { identifiers, literal } from "../sql.ts";

/** A column that a model may not see, because it is known only after the event. */
export interface Leak {
  column: string;
  reason: string;
}

export function knownAfterEvent(workload: Workload): Leak[] {
  return Object.entries(workload.columns).flatMap(([column, { knownAfterEvent: reason }]) =>
    reason === undefined ? [] : [{ column, reason }],
  );
}

/** Makes the view `records` that feature SQL reads. */
export async function createRecords(connection: DuckDBConnection, parquet: string[], workload: Workload, without: Leak[]): Promise<void> {
  const columns = Object.keys(workload.columns).filter((name) => !without.some(({ column }) => column === name));
  await connection.run(
    `CREATE OR REPLACE VIEW records AS SELECT ${identifiers(columns)} FROM read_parquet([${parquet.map(literal).join(", ")}])`,
  );
}

/**
 * Finds out whether a query failed because it names a column that is known only after the event: one that it cannot do without, given all
 * others. No parser of ours could be as exact as DuckDB's own.
 *
 * @throws FalconryError `train.leaking-column`
 */
export async function refuseLeaks(query: string, parquet: string[], workload: Workload): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const runsWithout = async (without: Leak[]) => {
    await createRecords(connection, parquet, workload, without);
    return await connection.run(`DESCRIBE SELECT * FROM (\n${query}\n)`).then(
      () => true,
      () => false,
    );
  };
  try {
    if (!(await runsWithout([]))) return;
    const leaks: Leak[] = [];
    for (const leak of knownAfterEvent(workload)) if (!(await runsWithout([leak]))) leaks.push(leak);
    if (leaks.length === 0) return;
    throw new FalconryError("train.leaking-column", {
      message: `${workload.name}/${workload.features.sql} names ${leaks.map(({ column, reason }) => `"${column}", known only after the event: ${reason}`).join("; ")}`,
      hint: "Take it out of the query: where the model is asked, the column has no value yet",
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
