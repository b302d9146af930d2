import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { Candidate, Examples, FittedEstimator } from "./candidate.ts";
import { type InputMatrix, inRows } from "./input-matrix.ts";
import { lightGbm } from "./lightgbm/library.ts";
import { parseModelText } from "./lightgbm/model-text.ts";
import type { SearchSpace } from "./search-space.ts";
import { targetScale } from "./target-scale.ts";

type BoostingSettings = Omit<Extract<CandidateSettings, { type: "gradient-boosting" }>, "name" | "type">;

const searchSpace: SearchSpace = {
  rounds: { type: "integer", low: 20, high: 1000, scale: "log" },
  learningRate: { type: "number", low: 0.01, high: 0.3, scale: "log" },
  leaves: { type: "integer", low: 4, high: 128, scale: "log" },
  minRowsPerLeaf: { type: "integer", low: 2, high: 100, scale: "log" },
  l2: { type: "number", low: 1e-3, high: 100, scale: "log" },
  rowShare: { type: "number", low: 0.5, high: 1, scale: "linear" },
  columnShare: { type: "number", low: 0.4, high: 1, scale: "linear" },
};

/** Fewer numbers are faster on one thread: the others would only wait for each other. */
const fewestForThreads = 500_000;

/** Gradient boosted trees by LightGBM: it splits on missing values and on categories by itself. */
export function gradientBoosting(name: string, settings: BoostingSettings): Candidate {
  return {
    name,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    searchSpace,
    inputs: "raw",
    async fit(examples, seed) {
      try {
        return fitted(await grow(examples, settings, seed), examples);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith("LightGBM: ")) throw error;
        throw new FalconryError("train.candidate-failed", {
          message: `candidate "${name}": ${error.message}`,
          hint: "Declare other settings, or leave the candidate out",
          cause: error,
        });
      }
    },
  };
}

/** @returns the model as LightGBM's text */
async function grow(examples: Examples, settings: BoostingSettings, seed: number): Promise<string> {
  const library = lightGbm();
  const { inputs, labels } = examples;
  const parameters = parametersOf(examples, settings, seed);
  const dataset = library.datasetFromMatrix(inputs.values, inputs.rows, inputs.columns, parameters);
  try {
    const { shift, scale } = targetScale(examples);
    library.setLabels(
      dataset,
      Float32Array.from(labels, (label) => (label - shift) / scale),
    );
    const booster = library.createBooster(dataset, parameters);
    try {
      for (let round = 0; round < settings.rounds; round++) {
        if (library.update(booster)) break;
        // others have a turn: a signal, a request
        await nextTurn();
      }
      return library.saveModel(booster);
    } finally {
      library.freeBooster(booster);
    }
  } finally {
    library.freeDataset(dataset);
  }
}

/** With `deterministic` and `force_row_wise` the trees do not depend on the number of threads. */
function parametersOf({ inputs, categorical, classes }: Examples, settings: BoostingSettings, seed: number): string {
  const { rowShare = 1, columnShare = 1 } = settings;
  const parameters = {
    objective: classes === 0 ? "regression" : classes === 2 ? "binary" : "multiclass",
    ...(classes > 2 && { num_class: classes }),
    learning_rate: settings.learningRate,
    num_leaves: settings.leaves,
    min_data_in_leaf: settings.minRowsPerLeaf ?? 20,
    lambda_l2: settings.l2 ?? 0,
    ...(rowShare < 1 && { bagging_fraction: rowShare, bagging_freq: 1 }),
    feature_fraction: columnShare,
    ...(categorical.length > 0 && { categorical_feature: categorical.join(",") }),
    seed,
    deterministic: true,
    force_row_wise: true,
    num_threads: threadsFor(inputs),
    verbosity: -1,
  };
  return Object.entries(parameters)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function threadsFor({ values }: InputMatrix): number {
  return values.length < fewestForThreads ? 1 : availableParallelism();
}

function fitted(model: string, examples: Examples): FittedEstimator {
  const { shift, scale } = targetScale(examples);
  const { trees, bases } = parseModelText(model);
  const scaled = trees.map(({ output, nodes }) => ({
    output,
    nodes: nodes.map((node) => (node.type === "leaf" ? { ...node, value: node.value * scale } : node)),
  }));
  return {
    predict: (inputs) =>
      predict(model, inputs, bases.length).map(([first = 0, ...others]) => answer(first, others, examples.classes, shift, scale)),
    estimator: { type: "trees", ensemble: { trees: scaled, bases: bases.map(() => shift) } },
  };
}

function answer(first: number, others: number[], classes: number, shift: number, scale: number): number[] {
  if (classes === 0) return [first * scale + shift];
  return classes === 2 ? [1 - first, first] : [first, ...others];
}

function predict(model: string, inputs: InputMatrix, outputs: number): number[][] {
  const library = lightGbm();
  const booster = library.loadModel(model);
  try {
    const { values, rows, columns } = inputs;
    return inRows(library.predict(booster, values, rows, columns, outputs, `num_threads=${threadsFor(inputs)}`), outputs);
  } finally {
    library.freeBooster(booster);
  }
}
