import { seededRandom } from "@falconry/model/seeded-random.ts";
import { expect, test, vi } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import { cnn } from "../candidates/cnn.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { mlp } from "../candidates/mlp.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { tableOf } from "../testing/table-of.ts";
import { exportGraph } from "./export-graph.ts";

// loading TensorFlow takes seconds
vi.setConfig({ testTimeout: 120_000 });

const random = seededRandom(1);
const pixels = Array.from({ length: 2 * 5 * 4 }, (_, index) => `p${index}`);

function table(rows: number, classes: number[]): FeatureTable {
  const column = () => Float64Array.from({ length: rows }, () => (random() < 0.02 ? Number.NaN : random() * 255));
  return tableOf(
    Object.fromEntries(pixels.map((name) => [name, column()])),
    Array.from({ length: rows }, (_, row) => (classes.length === 0 ? 1e4 + random() * 50 : row % classes.length)),
    classes,
  );
}

const schedule = { epochs: 3, batchSize: 16, learningRate: 0.01, l2: 0.001 };
const candidates: [string, Candidate][] = [
  ["mlp", mlp("mlp", { ...schedule, hiddenUnits: [8, 4] })],
  [
    "cnn of two channels and odd height",
    cnn("cnn", { ...schedule, image: { height: 5, width: 4, channels: 2 }, filters: [3, 4], hiddenUnits: [5] }),
  ],
  ["cnn without hidden units", cnn("cnn", { ...schedule, image: { height: 4, width: 10, channels: 1 }, filters: [3], hiddenUnits: [] })],
];

test.for(candidates.flatMap(([name, candidate]) => [[], [0, 1], [3, 7, 9]].map((classes) => [name, classes, candidate] as const)))(
  "the graph of %s with classes %j answers what the network answers",
  async ([, classes, candidate]) => {
    const [train, unseen] = [table(50, classes), table(30, classes)];
    const model = await fitModel(candidate, train, 1);
    await expect(exportGraph(model, unseen)).resolves.toBeInstanceOf(Uint8Array);
  },
);
