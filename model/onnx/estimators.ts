import { floatTensor, type GraphBuilder, int, int64Tensor } from "./graph.ts";

type Activation = "relu" | "sigmoid" | "softmax" | "none";

export interface DenseLayer {
  /** inputs x outputs */
  weights: number[][];
  bias: number[];
  activation: Activation;
}

export type Estimator =
  | { type: "constant" /** One per class. */; probabilities: number[] }
  /** Softmax over one row of weights per class; or, for two classes, one row: the sigmoid is the second class's probability. */
  | { type: "linear" /** classes x inputs, or 1 x inputs */; weights: number[][]; bias: number[] }
  /** The last layer ends in softmax over the classes; or, for two classes, in one sigmoid: the second class's probability. */
  | { type: "mlp"; layers: DenseLayer[] };

/** Adds the nodes that turn a matrix [N, width] into probabilities [N, classes]. */
export function addDenseLayers(graph: GraphBuilder, matrix: string, layers: DenseLayer[]): string {
  return layers.reduce((value, layer) => addDense(graph, value, layer), matrix);
}

/** Adds the nodes that give the same probabilities to each of the N values of an input. */
export function addConstant(graph: GraphBuilder, input: string, probabilities: number[]): string {
  const length = graph.node("Shape", [input], { attributes: { end: int(1) } });
  const shape = graph.node("Concat", [length, graph.constant(int64Tensor([1], [1]))], { attributes: { axis: int(0) } });
  return graph.node("Expand", [graph.constant(floatTensor([1, probabilities.length], probabilities)), shape]);
}

/**
 * A linear model or MLP as dense layers, the last with one output per class.
 *
 * @throws RangeError where the shapes do not fit the inputs, the classes or each other
 */
export function denseLayers(estimator: Exclude<Estimator, { type: "constant" }>, inputs: number, classes: number): DenseLayer[] {
  const layers = estimator.type === "mlp" ? estimator.layers : [linearLayer(estimator)];
  const last = layers.at(-1);
  const outputs =
    last?.activation === "sigmoid" && last.bias.length === 1 ? 2 : last?.activation === "softmax" ? last.bias.length : undefined;
  if (last === undefined || outputs !== classes) {
    throw new RangeError(`the last layer must end in a softmax over ${classes} classes${classes === 2 ? " or in one sigmoid" : ""}`);
  }
  checkShapes(layers, inputs);
  return last.activation === "sigmoid" ? [...layers.slice(0, -1), mirrored(last)] : layers;
}

function linearLayer({ weights, bias }: { weights: number[][]; bias: number[] }): DenseLayer {
  const inputs = weights[0]?.length ?? 0;
  const transposed = Array.from({ length: inputs }, (_, input) => weights.map((row) => row[input] ?? Number.NaN));
  return { weights: transposed, bias, activation: weights.length === 1 ? "sigmoid" : "softmax" };
}

/** From the second class's sigmoid to both classes: 1 - sigmoid(z) = sigmoid(-z). */
function mirrored({ weights, bias, activation }: DenseLayer): DenseLayer {
  const pair = (values: number[]) => values.flatMap((value) => [-value, value]);
  return { weights: weights.map(pair), bias: pair(bias), activation };
}

function checkShapes(layers: DenseLayer[], inputs: number): void {
  let width = inputs;
  for (const [index, { weights, bias }] of layers.entries()) {
    const fits = weights.length === width && weights.every((row) => row.length === bias.length && row.every(Number.isFinite));
    if (!fits || !bias.every(Number.isFinite)) {
      throw new RangeError(`layer ${index + 1} must have finite weights ${width} x ${bias.length} and as many biases`);
    }
    width = bias.length;
  }
}

function addDense(graph: GraphBuilder, value: string, { weights, bias, activation }: DenseLayer): string {
  const matrix = graph.constant(floatTensor([weights.length, bias.length], weights.flat()));
  const sum = graph.node("Gemm", [value, matrix, graph.constant(floatTensor([bias.length], bias))]);
  if (activation === "none") return sum;
  if (activation === "softmax") return graph.node("Softmax", [sum], { attributes: { axis: int(1) } });
  return graph.node(activation === "relu" ? "Relu" : "Sigmoid", [sum]);
}
