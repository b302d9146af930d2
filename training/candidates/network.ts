import { seededRandom, shuffledIndices } from "@falconry/model/seeded-random.ts";
import type { LayersModel, Tensor, Tensor2D } from "@tensorflow/tfjs-node";
import type { Examples } from "./candidate.ts";
import type { InputMatrix } from "./input-matrix.ts";
import { targetScale } from "./target-scale.ts";
import type { TensorFlow } from "./tensorflow.ts";

export interface Schedule {
  epochs: number;
  batchSize: number;
  learningRate: number;
}

/**
 * Trains a network with Adam on batches that the seed decides: by cross-entropy where there are classes, else by the squared error of the
 * target at mean 0 and deviation 1.
 */
export async function trainNetwork(
  tf: TensorFlow,
  model: LayersModel,
  examples: Examples,
  schedule: Schedule,
  seed: number,
): Promise<void> {
  const { inputs, classes } = examples;
  model.compile({
    optimizer: tf.train.adam(schedule.learningRate),
    loss: classes === 0 ? "meanSquaredError" : "categoricalCrossentropy",
  });
  const random = seededRandom(seed);
  const all = { x: inputTensor(tf, model, inputs), y: targetTensor(tf, examples) };
  for (let epoch = 0; epoch < schedule.epochs; epoch++) {
    // TensorFlow's own shuffling takes Math.random, which no seed reaches
    const order = Int32Array.from(shuffledIndices(inputs.rows, random));
    for (let start = 0; start < order.length; start += schedule.batchSize) {
      const rows = tf.tensor1d(order.subarray(start, start + schedule.batchSize), "int32");
      const [x, y] = [tf.gather(all.x, rows), tf.gather(all.y, rows)];
      await model.trainOnBatch(x, y);
      tf.dispose([rows, x, y]);
    }
  }
  tf.dispose([all.x, all.y]);
}

/** @returns rows x outputs */
export function askNetwork(tf: TensorFlow, model: LayersModel, inputs: InputMatrix): number[][] {
  return tf.tidy(() => (model.predict(inputTensor(tf, model, inputs)) as Tensor2D).arraySync());
}

function inputTensor(tf: TensorFlow, model: LayersModel, { rows, values }: InputMatrix): Tensor {
  const [, ...shape] = model.inputs[0]?.shape ?? [];
  return tf.tensor(Float32Array.from(values), [rows, ...shape.map(Number)]);
}

function targetTensor(tf: TensorFlow, { labels, classes }: Examples): Tensor2D {
  const width = Math.max(classes, 1);
  const targets = new Float32Array(labels.length * width);
  const { shift, scale } = targetScale({ labels, classes });
  for (const [row, label] of labels.entries()) {
    if (classes === 0) targets[row] = (label - shift) / scale;
    else targets[row * width + label] = 1;
  }
  return tf.tensor2d(targets, [labels.length, width]);
}
