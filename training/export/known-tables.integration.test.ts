import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { afterAll, describe, expect, test } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import { cnn } from "../candidates/cnn.ts";
import { declaredCandidates } from "../candidates/declared.ts";
import { type FittedModel, fitModel } from "../candidates/fit-model.ts";
import { linearRegression } from "../candidates/linear-regression.ts";
import { logisticRegression } from "../candidates/logistic-regression.ts";
import { mlp } from "../candidates/mlp.ts";
import { FeatureQuery } from "../features/feature-query.ts";
import { type ColumnValues, type FeatureTable, selectRows } from "../features/feature-table.ts";
import { partRows, splitColumns } from "../features/part-rows.ts";
import { newWorkload } from "../table/new-workload.ts";
import { type KnownTable, knownTablesFolder, largeTables, smallTables } from "../testing/known-tables.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { withCleanRecords } from "../testing/with-clean-records.ts";
import { exportGraph, parityTolerance } from "./export-graph.ts";

/** Asked of each graph; in three versions. */
const askedRows = 50;
/** Of more rows every so-and-so-many-th is fitted on: what is asked is whether two runtimes agree, not how good the model is. */
const mostFittedRows = 4_000;
const mostRounds = 60;
/** Real fits take as long as a busy machine lets them. */
const timeout = 240_000;

/** A graph, what it was asked, and what the fitted model answers. */
interface Exported {
  name: string;
  graph: Uint8Array;
  asked: FeatureTable;
  model: Pick<FittedModel, "magnitude" | "classes">;
  answers: number[][];
}

describe.skipIf(!existsSync(knownTablesFolder))("on a table of the world (../shared/data)", () => {
  const exported: Exported[] = [];
  afterAll(() => exported.splice(0));

  test.each([...smallTables, ...largeTables])(
    "$name: each candidate's graph answers as the candidate, also where values are missing or new; probabilities add up to 1",
    { timeout },
    async (table) => {
      const { workload, train, tested } = await partsOf(table);
      const asked = inOne([tested, withoutEverySecond(tested), withNewTexts(tested)]);
      for (const candidate of await candidatesOf(table, workload)) {
        const model = await fitModel(candidate, train, 1);
        // the export itself asks both the same, and throws where they differ
        const graph = await exportGraph(model, asked);
        if (train.classes.length > 0) await expectSumsOfOne(graph, asked);
        exported.push({ name: `${table.name}, ${candidate.name}`, graph, asked, model, answers: model.predict(asked) });
      }
    },
  );

  test("Python's onnxruntime answers the same, to 1e-5", { timeout }, async () => {
    const folder = await temporaryFolder();
    for (const [index, { graph, asked }] of exported.entries()) {
      await writeFile(join(folder, `${index}.onnx`), graph);
      await writeFile(
        join(folder, `${index}.json`),
        JSON.stringify(Object.fromEntries([...asked.columns].map(([name, values]) => [name, [...values]]))),
      );
    }
    const script = join(import.meta.dirname, "known-tables.fixture.py");
    const { stdout } = await promisify(execFile)(join(checkoutFolder, ".venv/bin/python"), [script, folder], { maxBuffer: 256 << 20 });
    const ofPython: number[][][] = JSON.parse(stdout);
    expect(ofPython).toHaveLength(exported.length);
    for (const [index, { name, answers, model }] of exported.entries()) {
      const tolerances = answers.map((row) => row.map((value) => parityTolerance * (model.magnitude + Math.abs(value))));
      const beyond = answers.flatMap((row, at) =>
        row.filter(
          (value, column) => !(Math.abs((ofPython[index]?.[at]?.[column] ?? Number.NaN) - value) <= (tolerances[at]?.[column] ?? 0)),
        ),
      );
      expect(beyond, name).toEqual([]);
    }
  });
});

/** Those that the new workload declares, and every other kind that suits the table; fewer rounds than declared where thousands of trees would be grown. */
async function candidatesOf({ name }: KnownTable, workload: LoadedWorkload): Promise<Candidate[]> {
  const settings = workload.candidates.map((one) =>
    one.type === "gradient-boosting" ? { ...one, rounds: Math.min(one.rounds, mostRounds) } : one,
  );
  const schedule = { epochs: 2, batchSize: 64, learningRate: 0.003, l2: 1e-4, hiddenUnits: [16] };
  const sparse =
    workload.target.task === "regression"
      ? linearRegression("lasso", { alpha: 0.01, penalty: "l1" })
      : logisticRegression("sparse logistic regression", { C: 0.1, penalty: "l1" });
  const declared = await declaredCandidates({ ...workload, candidates: settings.filter(({ type }) => type !== "mlp") });
  const pixels = { image: { height: 8, width: 8, channels: 1 }, filters: [4] };
  return [...declared, sparse, mlp("mlp", schedule), ...(name === "digits" ? [cnn("cnn", { ...schedule, ...pixels })] : [])];
}

async function partsOf(table: KnownTable): Promise<{ workload: LoadedWorkload; train: FeatureTable; tested: FeatureTable }> {
  const folder = join(await temporaryFolder(), table.name);
  await newWorkload(folder, table);
  const workload = await loadWorkload(folder);
  return await withCleanRecords(workload, async ({ parquet }) => {
    // an image has all its pixels, also those that are 0 in every row, which a new workload leaves out
    const sql = table.name === "digits" ? "SELECT * FROM records" : await readFile(join(folder, workload.features.sql), "utf8");
    const query = await FeatureQuery.run(sql, [parquet], workload);
    try {
      const { train, test } = partRows(query.table, workload.split, await query.recordValues(splitColumns(workload.split), workload));
      const stride = Math.ceil(train.length / mostFittedRows);
      const fitted = train.filter((_, row) => row % stride === 0);
      return { workload, train: selectRows(query.table, fitted), tested: selectRows(query.table, test.slice(0, askedRows)) };
    } finally {
      query.close();
    }
  });
}

/** The rows of tables of the same features, one after the other. */
function inOne(tables: FeatureTable[]): FeatureTable {
  const [first] = tables;
  if (first === undefined) throw new RangeError("no table");
  const columns = [...first.columns].map(([name, values]): [string, ColumnValues] => {
    const cells = tables.flatMap((table): (number | string | null)[] => [...(table.columns.get(name) ?? [])]);
    return [
      name,
      values instanceof Float64Array ? Float64Array.from(cells, Number) : cells.map((cell) => (cell === null ? null : String(cell))),
    ];
  });
  const labels = tables.flatMap(({ labels }) => labels);
  return { ...first, columns: new Map(columns), keys: [labels.map((_, row) => `${row}`)], labels };
}

/** Every second value is missing, in another pattern in each column. */
function withoutEverySecond(table: FeatureTable): FeatureTable {
  const columns = [...table.columns].map(([name, values], column): [string, typeof values] => {
    const isLeft = (row: number) => (row + column) % 2 === 1;
    if (values instanceof Float64Array) return [name, values.map((value, row) => (isLeft(row) ? value : Number.NaN))];
    return [name, values.map((value, row) => (isLeft(row) ? value : null))];
  });
  return { ...table, columns: new Map(columns) };
}

function withNewTexts(table: FeatureTable): FeatureTable {
  const columns = [...table.columns].map(([name, values]): [string, typeof values] => [
    name,
    values instanceof Float64Array ? values : values.map((value) => value && `never seen: ${value}`),
  ]);
  return { ...table, columns: new Map(columns) };
}

async function expectSumsOfOne(graph: Uint8Array, rows: FeatureTable): Promise<void> {
  const model = await OnnxModel.load(graph);
  try {
    const { probabilities = [] } = await model.predict(Object.fromEntries(rows.columns));
    for (const row of probabilities) expect(row.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
  } finally {
    await model.close();
  }
}
