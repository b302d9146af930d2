import type { Tensor, Variable } from "@tensorflow/tfjs-node";
import type { TensorFlow } from "./tensorflow.ts";

const meanDecay = 0.9;
const squareDecay = 0.999;
/** As in Keras. */
const epsilon = 1e-7;

/**
 * The optimiser Adam, in plain numbers: for a few thousand weights TensorFlow's dozen operations per variable take longer than their
 * arithmetic.
 *
 * @see Kingma and Ba (2014), with the efficient order at the end of section 2
 */
export class Adam {
  readonly #variables: { variable: Variable; weights: Float32Array; mean: Float32Array; square: Float32Array }[];
  readonly #learningRate: number;
  #steps = 0;

  constructor(variables: Variable[], learningRate: number) {
    this.#learningRate = learningRate;
    this.#variables = variables.map((variable) => {
      const weights = Float32Array.from(variable.dataSync());
      return { variable, weights, mean: new Float32Array(weights.length), square: new Float32Array(weights.length) };
    });
  }

  /**
   * @param decayOf a variable: its gradient is larger by this share of the weight
   */
  step(tf: TensorFlow, gradientsOf: Map<Variable, Tensor>, decayOf: (variable: Variable) => number): void {
    this.#steps += 1;
    const rate = (this.#learningRate * Math.sqrt(1 - squareDecay ** this.#steps)) / (1 - meanDecay ** this.#steps);
    for (const { variable, weights, mean, square } of this.#variables) {
      const gradients = gradientsOf.get(variable)?.dataSync<"float32">();
      if (gradients === undefined) throw new Error(`no gradient of ${variable.name}`);
      const decay = decayOf(variable);
      for (let index = 0; index < weights.length; index++) {
        const weight = weights[index] ?? 0;
        const gradient = (gradients[index] ?? 0) + decay * weight;
        const newMean = meanDecay * (mean[index] ?? 0) + (1 - meanDecay) * gradient;
        const newSquare = squareDecay * (square[index] ?? 0) + (1 - squareDecay) * gradient * gradient;
        mean[index] = newMean;
        square[index] = newSquare;
        weights[index] = weight - (rate * newMean) / (Math.sqrt(newSquare) + epsilon);
      }
      variable.assign(tf.tensor(weights.slice(), variable.shape));
    }
  }
}
