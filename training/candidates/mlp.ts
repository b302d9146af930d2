import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { Candidate } from "./candidate.ts";
import { Network } from "./network.ts";
import type { SearchSpace } from "./search-space.ts";
import { loadTensorFlow } from "./tensorflow.ts";

type MlpSettings = Omit<Extract<CandidateSettings, { type: "mlp" }>, "name" | "type">;

const searchSpace: SearchSpace = {
  hiddenUnits: { type: "choice", values: [[16], [32], [64], [128], [32, 16], [64, 32], [128, 64]] },
  epochs: { type: "integer", low: 5, high: 100, scale: "log" },
  batchSize: { type: "choice", values: [32, 64, 128, 256, 512] },
  learningRate: { type: "number", low: 1e-4, high: 1e-1, scale: "log" },
  l2: { type: "number", low: 1e-6, high: 1e-1, scale: "log" },
};

/** A multilayer perceptron on TensorFlow: dense layers with ReLU; a softmax over the classes, or one output for a regression. */
export function mlp(name: string, settings: MlpSettings): Candidate {
  return {
    name,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    searchSpace,
    inputs: "standardised",
    async fit(examples, seed) {
      const network = new Network(await loadTensorFlow(name), settings, examples, seed);
      await network.train(settings, seed);
      return { predict: (inputs) => network.ask(inputs), estimator: { type: "mlp", layers: network.denseLayers } };
    },
  };
}
