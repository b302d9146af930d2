import { FalconryError } from "@falconry/environment/error.ts";
import type { DenseLayer } from "@falconry/model/onnx/estimators.ts";
import { seededRandom, shuffledIndices } from "@falconry/model/seeded-random.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { LayersModel, Tensor2D } from "@tensorflow/tfjs-node";
import type { Candidate, Examples, FittedEstimator } from "./candidate.ts";

type TensorFlow = typeof import("@tensorflow/tfjs-node");
type MlpSettings = Omit<Extract<CandidateSettings, { type: "mlp" }>, "name" | "type">;

/** A multilayer perceptron on TensorFlow: dense layers with ReLU, a softmax over the classes, cross-entropy, Adam. */
export function mlp(name: string, settings: MlpSettings): Candidate {
  return {
    name,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    async fit(examples, seed) {
      const tf = await loadTensorFlow(name);
      const model = build(tf, settings, examples, seed);
      await optimise(tf, model, settings, examples, seed);
      return fitted(tf, model);
    },
  };
}

/** Loaded when an MLP is trained and not before: it takes seconds. */
async function loadTensorFlow(name: string): Promise<TensorFlow> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // for layers this small oneDNN and threads cost more than they give, and threads may add in another order
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  process.env.TF_NUM_INTRAOP_THREADS ??= "1";
  try {
    const { default: tf } = await import("@tensorflow/tfjs-node");
    return tf;
  } catch (error) {
    throw new FalconryError("train.candidate-failed", {
      message: `candidate "${name}": TensorFlow cannot be loaded: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
      hint: "Run scripts/setup, which builds TensorFlow's binding, or leave the candidate out with --candidate",
      cause: error,
    });
  }
}

function build(tf: TensorFlow, settings: MlpSettings, { inputs, classes }: Examples, seed: number): LayersModel {
  const model = tf.sequential();
  const widths = [...settings.hiddenUnits, classes];
  for (const [index, units] of widths.entries()) {
    const isLast = index === widths.length - 1;
    model.add(
      tf.layers.dense({
        units,
        activation: isLast ? "softmax" : "relu",
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + index }),
        kernelRegularizer: tf.regularizers.l2({ l2: settings.l2 }),
        ...(index === 0 && { inputShape: [inputs[0]?.length ?? 0] }),
      }),
    );
  }
  model.compile({ optimizer: tf.train.adam(settings.learningRate), loss: "categoricalCrossentropy" });
  return model;
}

async function optimise(
  tf: TensorFlow,
  model: LayersModel,
  settings: MlpSettings,
  { inputs, labels, classes }: Examples,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    // TensorFlow's own shuffling takes Math.random, which no seed reaches
    const order = shuffledIndices(inputs.length, random);
    for (let start = 0; start < order.length; start += settings.batchSize) {
      const batch = order.slice(start, start + settings.batchSize);
      const x = tf.tensor2d(batch.map((row) => inputs[row] ?? []));
      const y = tf.tensor2d(batch.map((row) => Array.from({ length: classes }, (_, label) => (labels[row] === label ? 1 : 0))));
      await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
    }
  }
}

function fitted(tf: TensorFlow, model: LayersModel): FittedEstimator {
  const layers = model.layers.map((layer, index): DenseLayer => {
    const [kernel, bias] = layer.getWeights();
    if (kernel === undefined || bias === undefined) throw new Error(`layer ${index} has no weights`);
    const activation = index === model.layers.length - 1 ? "softmax" : "relu";
    return { weights: (kernel as Tensor2D).arraySync(), bias: [...bias.dataSync()], activation };
  });
  return {
    predictProbabilities: (inputs) => tf.tidy(() => (model.predict(tf.tensor2d(inputs)) as Tensor2D).arraySync()),
    estimator: { type: "mlp", layers },
  };
}
