import { existsSync } from "node:fs";
import { trainedTable } from "@falconry/cli/trained-table.fixture.ts";
import {
  type KnownTable,
  knownTablesFolder,
  largeTables,
  metricsOf,
  reached,
  smallTables,
} from "@falconry/training/testing/known-tables.ts";
import { startTestRegion } from "../testing/test-region.ts";
import { timed } from "./in-region.ts";
import type { Measurement } from "./measurement.ts";

/** Seconds from a table that nobody has seen to a registered model. */
const limitSeconds = 300;

/** Public tables through `falconry new`, `ingest` and `train`, without a hand's edit: what the best candidate reaches, and how long it all takes. */
export async function measureTables(runs: number): Promise<Measurement[]> {
  if (!existsSync(knownTablesFolder)) {
    process.stderr.write("tables: left out, ../shared/data is not there\n");
    return [];
  }
  const { folder, stop } = await startTestRegion();
  try {
    const measurements: Measurement[] = [];
    for (const table of [...smallTables, ...largeTables]) measurements.push(...(await measure(table, runs, folder)));
    return measurements;
  } finally {
    await stop();
  }
}

async function measure(table: KnownTable, runs: number, region: string): Promise<Measurement[]> {
  const milliseconds: number[] = [];
  const values = new Map(metricsOf(table).map(([metric]) => [metric, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    process.stderr.write(`${table.name} …\n`);
    const train = () =>
      trainedTable(
        table,
        `${table.name}-${run}`,
        ({ report }) => {
          for (const [metric, reachedInRuns] of values) reachedInRuns.push(reached(table, metric, report));
        },
        { FALCONRY_DIRECTORY: region },
      );
    milliseconds.push(await timed(train));
  }
  const where = table.measured === "folds" ? "over the folds" : "on the last rows in time";
  const scores = metricsOf(table).map(([metric, atLeast]) => ({
    benchmark: "tables",
    what: `${table.name}, ${where}`,
    unit: metric,
    ours: values.get(metric) ?? [],
    other: { name: "to reach", runs: [atLeast] },
  }));
  const seconds = milliseconds.map((taken) => taken / 1000);
  return [
    ...scores,
    { benchmark: "tables", what: `${table.name}, all of it`, unit: "s", ours: seconds, other: { name: "limit", runs: [limitSeconds] } },
  ];
}
