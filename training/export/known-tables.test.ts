import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { describe, expect, test } from "vitest";
import { declaredCandidates } from "../candidates/declared.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { FeatureQuery } from "../features/feature-query.ts";
import { type FeatureTable, selectRows } from "../features/feature-table.ts";
import { partRows } from "../features/part-rows.ts";
import { newWorkload } from "../table/new-workload.ts";
import { knownTablesFolder, smallTables } from "../testing/known-tables.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { withCleanRecords } from "../testing/with-clean-records.ts";
import { exportGraph } from "./export-graph.ts";

const someRows = 50;
/** Real fits take as long as a busy machine lets them. */
const timeout = 60_000;

describe.skipIf(!existsSync(knownTablesFolder))("on a table of the world (../shared/data)", () => {
  test.each(smallTables)(
    "$name: each candidate's graph answers as the candidate, also where values are missing or new",
    { timeout },
    async (table) => {
      const folder = join(await temporaryFolder(), table.name);
      await newWorkload(folder, table);
      const workload = await loadWorkload(folder);
      const { train, tested } = await featuresOf(workload);
      const asked = [tested, withoutEverySecond(tested), withNewTexts(tested)];
      for (const candidate of await declaredCandidates(workload)) {
        const model = await fitModel(candidate, train, 1);
        // the export itself asks both the same, and throws where they differ
        for (const rows of asked) await exportGraph(model, rows);
        if (train.classes.length > 0) await expectSumsOfOne(await exportGraph(model, tested), asked);
      }
    },
  );
});

async function featuresOf(workload: LoadedWorkload): Promise<{ train: FeatureTable; tested: FeatureTable }> {
  return await withCleanRecords(workload, async ({ parquet }) => {
    const query = await FeatureQuery.run(await readFile(join(workload.folder, workload.features.sql), "utf8"), [parquet], workload);
    try {
      const parts = partRows(query.table, workload.split, []);
      return { train: selectRows(query.table, parts.train), tested: selectRows(query.table, parts.test.slice(0, someRows)) };
    } finally {
      query.close();
    }
  });
}

/** Every second value is missing, in another pattern in each column. */
function withoutEverySecond(table: FeatureTable): FeatureTable {
  const columns = [...table.columns].map(([name, values], column): [string, typeof values] => [
    name,
    values.map((value, row) => ((row + column) % 2 === 0 ? null : value)),
  ]);
  return { ...table, columns: new Map(columns) };
}

function withNewTexts(table: FeatureTable): FeatureTable {
  const columns = [...table.columns].map(([name, values]): [string, typeof values] => [
    name,
    values.map((value) => (typeof value === "string" ? `never seen: ${value}` : value)),
  ]);
  return { ...table, columns: new Map(columns) };
}

async function expectSumsOfOne(graph: Uint8Array, tables: FeatureTable[]): Promise<void> {
  const model = await OnnxModel.load(graph);
  try {
    for (const { columns } of tables) {
      const { probabilities = [] } = await model.predict(Object.fromEntries(columns));
      for (const row of probabilities) expect(row.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  } finally {
    await model.close();
  }
}
