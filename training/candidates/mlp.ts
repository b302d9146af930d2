import type { DenseLayer } from "@falconry/model/onnx/estimators.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { LayersModel, Tensor2D } from "@tensorflow/tfjs-node";
import type { Candidate, Examples, FittedEstimator } from "./candidate.ts";
import { askNetwork, trainNetwork } from "./network.ts";
import type { SearchSpace } from "./search-space.ts";
import { targetScale } from "./target-scale.ts";
import { loadTensorFlow, type TensorFlow } from "./tensorflow.ts";

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
      const tf = await loadTensorFlow(name);
      const model = build(tf, settings, examples, seed);
      await trainNetwork(tf, model, examples, settings, seed);
      return fitted(tf, model, examples);
    },
  };
}

function build(tf: TensorFlow, settings: MlpSettings, { inputs, classes }: Examples, seed: number): LayersModel {
  const model = tf.sequential();
  const widths = [...settings.hiddenUnits, Math.max(classes, 1)];
  for (const [index, units] of widths.entries()) {
    const isLast = index === widths.length - 1;
    model.add(
      tf.layers.dense({
        units,
        activation: !isLast ? "relu" : classes === 0 ? "linear" : "softmax",
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + index }),
        kernelRegularizer: tf.regularizers.l2({ l2: settings.l2 }),
        ...(index === 0 && { inputShape: [inputs.columns] }),
      }),
    );
  }
  return model;
}

function fitted(tf: TensorFlow, model: LayersModel, examples: Examples): FittedEstimator {
  const { shift, scale } = targetScale(examples);
  const layers = model.layers.map((layer, index): DenseLayer => {
    const isLast = index === model.layers.length - 1;
    const { weights, bias } = weightsOf(layer, index);
    if (!isLast) return { weights, bias, activation: "relu" };
    if (examples.classes > 0) return { weights, bias, activation: "softmax" };
    // the target's own scale becomes part of the last layer
    const rescaled = weights.map((row) => row.map((weight) => weight * scale));
    return { weights: rescaled, bias: bias.map((each) => each * scale + shift), activation: "none" };
  });
  return {
    predict: (inputs) => {
      const outputs = askNetwork(tf, model, inputs);
      return examples.classes > 0 ? outputs : outputs.map((row) => row.map((value) => value * scale + shift));
    },
    estimator: { type: "mlp", layers },
  };
}

function weightsOf(layer: LayersModel["layers"][number], index: number): Pick<DenseLayer, "weights" | "bias"> {
  const [kernel, bias] = layer.getWeights();
  if (kernel === undefined || bias === undefined) throw new Error(`layer ${index} has no weights`);
  return { weights: (kernel as Tensor2D).arraySync(), bias: [...bias.dataSync()] };
}
