import { OnnxModel } from "@falconry/model/session.ts";
import { fitModel } from "@falconry/training/candidates/fit-model.ts";
import { gradientBoosting } from "@falconry/training/candidates/gradient-boosting.ts";
import { columnOf } from "@falconry/training/candidates/input-matrix.ts";
import { exportGraph } from "@falconry/training/export/export-graph.ts";
import { selectRows } from "@falconry/training/features/feature-table.ts";
import { tableOf } from "@falconry/training/testing/table-of.ts";
import { manyRows } from "./labelled-rows.ts";
import type { Measurement } from "./measurement.ts";

const rounds = 500;
const exportLimitSeconds = 2;
const predictionLimitMicroseconds = 10;
const parityRows = 1000;

/** What it takes to write boosted trees as a graph and hold it against them, and what the graph takes for a row of many. */
export async function measureExport(runs: number): Promise<Measurement[]> {
  const { inputs, labels } = manyRows().test;
  const rows = tableOf(
    Object.fromEntries(Array.from({ length: inputs.columns }, (_, column) => [`x${column}`, columnOf(inputs, column)])),
    labels,
  );
  const model = await fitModel(gradientBoosting("gbm", { rounds, learningRate: 0.1, leaves: 31 }), rows, 1);
  const few = selectRows(
    rows,
    Array.from({ length: parityRows }, (_, row) => row),
  );
  const exported: number[] = [];
  const predicted: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const graph = await OnnxModel.load(await exportGraph(model, few));
    exported.push((performance.now() - started) / 1000);
    const columns = Object.fromEntries(rows.columns);
    const asked = performance.now();
    await graph.predict(columns);
    predicted.push(((performance.now() - asked) * 1000) / rows.labels.length);
    await graph.close();
  }
  const row = (what: string, unit: string, ours: number[], limit: number): Measurement => ({
    benchmark: "export",
    what: `${rounds} rounds of trees, ${what}`,
    unit,
    ours,
    other: { name: "limit", runs: [limit] },
  });
  return [
    row(`written and held against ${parityRows} rows`, "s", exported, exportLimitSeconds),
    row(`a row of ${rows.labels.length}`, "µs", predicted, predictionLimitMicroseconds),
  ];
}
