import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type ClassifierSpec, classifierGraph } from "../onnx/classifier-graph.ts";
import type { Estimator } from "../onnx/estimators.ts";
import { type RegressorSpec, regressorGraph } from "../onnx/regressor-graph.ts";
import { OnnxModel } from "../session.ts";
import { runPython } from "./run-python.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-onnx-"));
});

afterAll(() => rm(folder, { recursive: true }));

const features: ClassifierSpec["features"] = [
  { name: "mass", type: "double", impute: 5000, mean: 6200.5, scale: 4100.25 },
  { name: "orbit", type: "string", categories: ["GTO", "ISS", "LÉO"] },
  { name: "never seen", type: "string", categories: [] },
  { name: "block", type: "double", impute: 3, mean: 3.3, scale: 1.4 },
];
const weights = [
  [0.3, -0.7, 1.1],
  [1.5, 0.25, -0.4],
  [-0.9, 0.6, 0.35],
  [0.8, -1.2, 0.1],
  [0.45, 0.95, -0.65],
];
const column = (index: number) => weights.map((row) => row[index] ?? 0);

/** For trees: what is missing stays missing, a category is a number. */
const rawFeatures: ClassifierSpec["features"] = [
  { name: "mass", type: "double", impute: Number.NaN, mean: 0, scale: 1 },
  { name: "orbit", type: "string", categories: ["GTO", "ISS", "LÉO"], asNumber: true },
  { name: "never seen", type: "string", categories: [], asNumber: true },
  { name: "block", type: "double", impute: 3, mean: 0, scale: 1 },
];
const trees = (outputs: number): Extract<Estimator, { type: "trees" }> => ({
  type: "trees",
  ensemble: {
    trees: Array.from({ length: 2 * outputs }, (_, index) => ({
      output: index % outputs,
      nodes: [
        { type: "threshold", input: 0, threshold: 4000 * (index + 1), missingGoesLeft: index % 2 === 0, left: 1, right: 2 },
        { type: "categories", input: 1, categories: [0, 2], left: 3, right: 4 },
        { type: "threshold", input: 2, threshold: 2.5, missingGoesLeft: false, left: 6, right: 5 },
        { type: "leaf", value: 0.1 * index + 0.3 },
        { type: "leaf", value: -0.7 },
        { type: "leaf", value: 1.1 - index },
        { type: "leaf", value: 0.4 },
      ],
    })),
    bases: Array.from({ length: outputs }, (_, output) => output / 4),
  },
});
const image = { height: 2, width: 2, channels: 1 };
const network: Extract<Estimator, { type: "cnn" }> = {
  type: "cnn",
  image,
  convolutions: [{ size: 3, kernel: Array.from({ length: 18 }, (_, index) => (index % 5) / 4 - 0.5), bias: [0.1, -0.2] }],
  layers: [
    {
      weights: [
        [0.5, -0.3, 0.2],
        [0.7, 0.1, -0.9],
      ],
      bias: [0, 0.1, 0.2],
      activation: "softmax",
    },
  ],
};
const pixels: ClassifierSpec["features"] = ["mass", "block", "mass again", "block again"].map((name) => ({
  name,
  type: "double",
  impute: 3,
  mean: 1000,
  scale: 5000,
}));

const specs: [string, ClassifierSpec][] = [
  ["constant", { features, classes: [0, 1], estimator: { type: "constant", probabilities: [0.3, 0.7] }, producer: "test" }],
  ["binary", { features, classes: [0, 1], estimator: { type: "linear", weights: [column(0)], bias: [0.2] }, producer: "test" }],
  [
    "multi-class",
    {
      features,
      classes: ["lost", "landed", "ocean"],
      estimator: { type: "linear", weights: [column(0), column(1), column(2)], bias: [0.1, 0, -0.1] },
      producer: "test",
    },
  ],
  ["trees of two classes", { features: rawFeatures, classes: ["lost", "landed"], estimator: trees(1), producer: "test" }],
  ["trees of three classes", { features: rawFeatures, classes: [0, 1, 2], estimator: trees(3), producer: "test" }],
  [
    "calibrated, with a threshold",
    {
      features: rawFeatures,
      classes: ["lost", "landed"],
      estimator: { type: "calibrated", inner: trees(1), smallest: 1e-6, weights: [[-0.4, 0.7]], bias: [0.3] },
      threshold: { label: 0, above: Math.fround(0.3) },
      producer: "test",
    },
  ],
  [
    "calibrated, of several classes",
    {
      features: rawFeatures,
      classes: [0, 1, 2],
      estimator: { type: "calibrated", inner: trees(3), smallest: 1e-6, weights: weights.slice(0, 3), bias: [0, 0.1, -0.1] },
      producer: "test",
    },
  ],
  ["cnn", { features: pixels, classes: [0, 1, 2], estimator: network, producer: "test" }],
  [
    "mlp",
    {
      features,
      classes: [-1, 7],
      estimator: {
        type: "mlp",
        layers: [
          { weights, bias: [0.1, 0.2, 0.3], activation: "relu" },
          { weights: [[0.5], [-0.6], [0.7]], bias: [-0.05], activation: "sigmoid" },
        ],
      },
      producer: "test",
    },
  ],
];

const row = fc.record({
  mass: fc.option(fc.double({ min: 0, max: 25_000, noNaN: true })),
  orbit: fc.constantFrom("GTO", "ISS", "LÉO", "polar", "", null),
  "never seen": fc.constantFrom("x", null),
  block: fc.option(fc.integer({ min: 1, max: 5 })),
});
const rows = fc.sample(row, { numRuns: 200, seed: 1 });
const columns = {
  mass: rows.map((one) => one.mass),
  orbit: rows.map((one) => one.orbit),
  "never seen": rows.map((one) => one["never seen"]),
  block: rows.map((one) => one.block),
  "mass again": rows.map((one) => one.mass),
  "block again": rows.map((one) => one.block),
};

const regressions: [string, RegressorSpec][] = [
  ["regression by the mean", { features, estimator: { type: "mean", value: 12.5 }, producer: "test" }],
  ["linear regression", { features, estimator: { type: "linear", weights: [column(0)], bias: [100] }, producer: "test" }],
  ["regression by trees", { features: rawFeatures, estimator: trees(1), producer: "test" }],
];

async function askPython(name: string, graph: Uint8Array): Promise<Record<string, (number | string)[]>> {
  const [graphPath, rowsPath] = [join(folder, `${name}.onnx`), join(folder, `${name}.json`)];
  await writeFile(graphPath, graph);
  await writeFile(rowsPath, JSON.stringify(columns));
  const printed = await runPython("check_graph.py", [graphPath, rowsPath]);
  return z.record(z.string(), z.array(z.union([z.number(), z.string()]))).parse(JSON.parse(printed));
}

test.for(specs)("ONNX's checker passes the %s graph, and Python's onnxruntime answers the very same numbers", async ([name, spec]) => {
  const graph = classifierGraph(spec);
  const python = await askPython(name, graph);
  const model = await OnnxModel.load(graph);
  const { predictions, probabilities } = await model.predict(columns);
  expect(python.prediction).toEqual(predictions);
  expect(model.classes).toEqual(spec.classes);
  for (const [index, label] of spec.classes.entries()) {
    expect(python[`probability_${label}`]).toEqual(probabilities?.map((one) => one[index]));
  }
});

test.for(regressions)(
  "ONNX's checker passes the graph of a %s, and Python's onnxruntime answers the very same numbers",
  async ([name, spec]) => {
    const graph = regressorGraph(spec);
    const { predictions } = await (await OnnxModel.load(graph)).predict(columns);
    expect((await askPython(name, graph)).prediction).toEqual(predictions);
  },
);
