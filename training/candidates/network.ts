import { setImmediate as nextTurn } from "node:timers/promises";
import type { Convolution, ImageShape } from "@falconry/model/onnx/convolutions.ts";
import type { DenseLayer } from "@falconry/model/onnx/estimators.ts";
import { seededRandom, shuffledIndices } from "@falconry/model/seeded-random.ts";
import type { Rank, Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs-node";
import { Adam } from "./adam.ts";
import type { Examples } from "./candidate.ts";
import type { InputMatrix } from "./input-matrix.ts";
import { targetScale } from "./target-scale.ts";
import type { TensorFlow } from "./tensorflow.ts";

export interface NetworkShape {
  /** Where the inputs are an image: its shape, and one number of filters per convolution. */
  image?: { shape: ImageShape; filters: number[] };
  hiddenUnits: number[];
}

export interface Schedule {
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Weight of each layer's sum of squared weights in the loss. */
  l2: number;
}

const kernelSize = 3;

/**
 * Convolutions, then dense layers, each with ReLU but the last. Written in TensorFlow's operations: its own layers cost several times as
 * much as the arithmetic does for batches this small.
 */
export class Network {
  readonly #tf: TensorFlow;
  readonly #examples: Examples;
  readonly #image: ImageShape | undefined;
  readonly #convolutions: ConvolutionWeights[];
  readonly #dense: DenseWeights[];

  /** With random weights that the seed decides. */
  constructor(tf: TensorFlow, { image, hiddenUnits }: NetworkShape, examples: Examples, seed: number) {
    this.#tf = tf;
    this.#examples = examples;
    this.#image = image?.shape;
    const random = seededRandom(seed);
    let depth = image?.shape.channels ?? 0;
    this.#convolutions = (image?.filters ?? []).map((filters) => {
      const layer = newConvolution(tf, depth, filters, random);
      depth = filters;
      return layer;
    });
    let width = image === undefined ? examples.inputs.columns : halvedPixels(image.shape, image.filters.length) * depth;
    this.#dense = [...hiddenUnits, Math.max(examples.classes, 1)].map((units) => {
      const layer = newDense(tf, width, units, random);
      width = units;
      return layer;
    });
  }

  /**
   * Adam on batches that the seed decides: by cross-entropy where there are classes, else by the squared error of the target at mean 0 and
   * deviation 1.
   */
  async train({ epochs, batchSize, learningRate, l2 }: Schedule, seed: number): Promise<void> {
    const tf = this.#tf;
    const { inputs, labels } = this.#examples;
    const random = seededRandom(seed);
    const [x, y] = [this.#inputs(inputs), this.#targets()];
    const adam = new Adam(
      [...this.#convolutions, ...this.#dense].flatMap(({ kernel, bias }) => [kernel, bias]),
      learningRate,
    );
    for (let epoch = 0; epoch < epochs; epoch++) {
      // TensorFlow's own shuffling takes Math.random, which no seed reaches
      const order = Int32Array.from(shuffledIndices(labels.length, random));
      for (let start = 0; start < order.length; start += batchSize) {
        tf.tidy(() => {
          const rows = tf.tensor1d(order.subarray(start, start + batchSize), "int32");
          const gradients = this.#gradients(tf.gather(x, rows), tf.gather(y, rows));
          adam.step(tf, gradients, ({ rank }) => (rank > 1 ? 2 * l2 : 0));
          tf.dispose([...gradients.values()]);
        });
        await nextTurn();
      }
    }
    tf.dispose([x, y]);
  }

  /** @returns rows x classes; of a regression rows x 1, on the target's own scale */
  ask(inputs: InputMatrix): number[][] {
    const tf = this.#tf;
    const { shift, scale } = targetScale(this.#examples);
    const isRegression = this.#examples.classes === 0;
    const answers = tf.tidy(() => {
      const outputs = this.#outputs(this.#inputs(inputs));
      return (isRegression ? outputs : tf.softmax(outputs)).arraySync();
    });
    return isRegression ? answers.map((row) => row.map((value) => value * scale + shift)) : answers;
  }

  get convolutions(): Convolution[] {
    return this.#convolutions.map(({ kernel, bias }) => ({ size: kernelSize, kernel: [...kernel.dataSync()], bias: [...bias.dataSync()] }));
  }

  /** A regression's own scale is part of the last one. */
  get denseLayers(): DenseLayer[] {
    const { shift, scale } = targetScale(this.#examples);
    return this.#dense.map((layer, index) => {
      const weights = layer.kernel.arraySync();
      const bias = [...layer.bias.dataSync()];
      if (index < this.#dense.length - 1) return { weights, bias, activation: "relu" };
      if (this.#examples.classes > 0) return { weights, bias, activation: "softmax" };
      const scaled = weights.map((row) => row.map((weight) => weight * scale));
      return { weights: scaled, bias: bias.map((each) => each * scale + shift), activation: "none" };
    });
  }

  /** Before softmax. */
  #outputs(x: Tensor): Tensor2D {
    return this.#activations(this.#convolved(x)).outputs;
  }

  /** What the convolutions make of the inputs, flat. */
  #convolved(x: Tensor): Tensor2D {
    const tf = this.#tf;
    let value = x;
    for (const { kernel, bias } of this.#convolutions) {
      const sum = tf.add(tf.conv2d(value as Tensor4D, kernel, 1, "same"), bias);
      value = tf.maxPool(tf.relu(sum) as Tensor4D, 2, 2, "valid");
    }
    return tf.reshape(value, [x.shape[0] ?? 0, -1]) as Tensor2D;
  }

  /** What each dense layer sees, and what the last one gives. */
  #activations(flat: Tensor2D): { seen: Tensor2D[]; outputs: Tensor2D } {
    let value = flat;
    const seen = this.#dense.map(({ kernel, bias }, index) => {
      const before = value;
      const activation = index < this.#dense.length - 1 ? "relu" : "linear";
      value = this.#tf.fused.matMul({ a: before, b: kernel, bias, activation }) as Tensor2D;
      return before;
    });
    return { seen, outputs: value };
  }

  /** Of the mean loss of a batch, by each variable. TensorFlow derives the convolutions; dense layers are derived here, in fewer operations. */
  #gradients(x: Tensor, y: Tensor2D): Map<Variable, Tensor> {
    const tf = this.#tf;
    if (this.#convolutions.length === 0) return this.#backpropagate(x as Tensor2D, y).gradients;
    let ofDense = new Map<Variable, Tensor>();
    const loss = () => {
      const flat = this.#convolved(x);
      const { gradients, slope } = this.#backpropagate(flat, y);
      ofDense = new Map([...gradients].map(([variable, gradient]) => [variable, tf.keep(gradient)]));
      // as a constant: the slope by the convolutions of slope * flat is that of the loss
      return tf.sum(tf.mul(flat, tf.tensor2d(slope.dataSync<"float32">(), slope.shape))).asScalar();
    };
    const kernels = this.#convolutions.flatMap(({ kernel, bias }) => [kernel, bias]);
    const { grads } = tf.variableGrads(loss, kernels);
    return new Map([
      ...ofDense,
      ...kernels.map((variable): [Variable, Tensor] => [variable, grads[variable.name] ?? tf.zerosLike(variable)]),
    ]);
  }

  /** @returns gradients by the dense layers' variables, and the slope of the loss by what the first of them sees */
  #backpropagate(flat: Tensor2D, y: Tensor2D): { gradients: Map<Variable, Tensor>; slope: Tensor2D } {
    const tf = this.#tf;
    const { seen, outputs } = this.#activations(flat);
    const isRegression = this.#examples.classes === 0;
    const errors = tf.sub<Tensor2D>(isRegression ? outputs : tf.softmax(outputs), y);
    let slope = tf.mul<Tensor2D>(errors, (isRegression ? 2 : 1) / y.shape[0]);
    const gradients = new Map<Variable, Tensor>();
    for (const [index, { kernel, bias }] of [...this.#dense.entries()].reverse()) {
      const input = seen[index] ?? flat;
      gradients.set(kernel, tf.matMul(input, slope, true, false));
      gradients.set(bias, tf.sum(slope, 0));
      if (index === 0 && this.#convolutions.length === 0) break;
      const before = tf.matMul<Tensor2D>(slope, kernel, false, true);
      // ReLU lets nothing through where it gave 0; the convolutions' own is TensorFlow's
      slope = index === 0 ? before : tf.mul<Tensor2D>(before, tf.step(input));
    }
    return { gradients, slope };
  }

  #inputs({ rows, columns, values }: InputMatrix): Tensor {
    const shape = this.#image === undefined ? [columns] : [this.#image.height, this.#image.width, this.#image.channels];
    return this.#tf.tensor(Float32Array.from(values), [rows, ...shape]);
  }

  #targets(): Tensor2D {
    const { labels, classes } = this.#examples;
    const width = Math.max(classes, 1);
    const targets = new Float32Array(labels.length * width);
    const { shift, scale } = targetScale(this.#examples);
    for (const [row, label] of labels.entries()) {
      if (classes === 0) targets[row] = (label - shift) / scale;
      else targets[row * width + label] = 1;
    }
    return this.#tf.tensor2d(targets, [labels.length, width]);
  }
}

interface DenseWeights {
  kernel: Variable<Rank.R2>;
  bias: Variable<Rank.R1>;
}

interface ConvolutionWeights {
  kernel: Variable<Rank.R4>;
  bias: Variable<Rank.R1>;
}

function newDense(tf: TensorFlow, inputs: number, outputs: number, random: () => number): DenseWeights {
  const kernel = tf.tensor2d(glorot(inputs, outputs, 1, random), [inputs, outputs]);
  return { kernel: tf.variable(kernel), bias: tf.variable(tf.zeros<Rank.R1>([outputs])) };
}

function newConvolution(tf: TensorFlow, inputs: number, outputs: number, random: () => number): ConvolutionWeights {
  const values = glorot(inputs, outputs, kernelSize * kernelSize, random);
  const kernel = tf.tensor4d(values, [kernelSize, kernelSize, inputs, outputs]);
  return { kernel: tf.variable(kernel), bias: tf.variable(tf.zeros<Rank.R1>([outputs])) };
}

/** @see Glorot and Bengio (2010) */
function glorot(inputs: number, outputs: number, places: number, random: () => number): Float32Array {
  const limit = Math.sqrt(6 / (places * (inputs + outputs)));
  return Float32Array.from({ length: places * inputs * outputs }, () => (random() * 2 - 1) * limit);
}

function halvedPixels({ height, width }: ImageShape, times: number): number {
  return Math.floor(height / 2 ** times) * Math.floor(width / 2 ** times);
}
