import { addConvolutions, type Convolution, checkConvolutions, flatWidth, type ImageShape } from "./convolutions.ts";
import { floatTensor, type GraphBuilder, int, int64Tensor } from "./graph.ts";
import { addTrees, checkTrees, type TreeEnsemble } from "./tree-ensemble.ts";

type Activation = "relu" | "sigmoid" | "softmax" | "none";

export interface DenseLayer {
  /** inputs x outputs */
  weights: number[][];
  bias: number[];
  activation: Activation;
}

/** What gives a class or a value from the numbers that preprocessing makes of a row. */
export type Estimator =
  | { type: "constant" /** One per class. */; probabilities: number[] }
  /** Of a regression: the same value whatever the row holds. */
  | { type: "mean"; value: number }
  | RowEstimator
  | CalibratedEstimator;

/** Those that compute with the row. */
export type RowEstimator =
  /**
   * Softmax over one row of weights per class; or, for two classes, one row: the sigmoid is the second class's probability. A regression
   * has one row, whose sum is the value.
   */
  | { type: "linear" /** classes x inputs, or 1 x inputs */; weights: number[][]; bias: number[] }
  /**
   * The last layer ends in softmax over the classes; or, for two classes, in one sigmoid: the second class's probability. Of a regression
   * it ends in one output without activation.
   */
  | { type: "mlp"; layers: DenseLayer[] }
  /** The inputs are an image; what the convolutions leave of it goes through layers like an mlp's. */
  | { type: "cnn"; image: ImageShape; convolutions: Convolution[]; layers: DenseLayer[] }
  /** The outputs go through a softmax; for two classes there is one, whose sigmoid is the second class's probability. Of a regression it is the value. */
  | { type: "trees"; ensemble: TreeEnsemble };

/** A linear model of classes, its inputs the logarithms of another one's probabilities. */
export interface CalibratedEstimator {
  type: "calibrated";
  inner: RowEstimator;
  /** Above 0; smaller probabilities count as this one. */
  smallest: number;
  weights: number[][];
  bias: number[];
}

/**
 * Adds the nodes that turn a matrix [N, inputs] into probabilities [N, classes].
 *
 * @throws RangeError where the estimator's shapes do not fit the inputs, the classes or each other
 */
export function addClassifier(
  graph: GraphBuilder,
  matrix: string,
  estimator: RowEstimator | CalibratedEstimator,
  inputs: number,
  classes: number,
): string {
  if (estimator.type !== "calibrated") return addLinked(graph, matrix, estimator, inputs, classes, probabilities);
  const { inner, smallest, weights, bias } = estimator;
  const logs = addLinked(graph, matrix, inner, inputs, classes, logarithms);
  const clipped = graph.node("Clip", [logs, graph.constant(floatTensor([], [Math.log(smallest)]))]);
  return addLinked(graph, clipped, { type: "linear", weights, bias }, classes, classes, probabilities);
}

/** Scores of classes become probabilities by one of two functions. */
type Links = Record<"softmax" | "sigmoid", (graph: GraphBuilder, scores: string) => string>;

const probabilities: Links = {
  softmax: (graph, scores) => graph.node("Softmax", [scores], { attributes: { axis: int(1) } }),
  sigmoid: (graph, scores) => graph.node("Sigmoid", [scores]),
};

/** Straight from the scores: runtimes give a small probability as no more than near 0, and of that a logarithm says nothing. */
const logarithms: Links = {
  softmax: (graph, scores) => graph.node("LogSoftmax", [scores], { attributes: { axis: int(1) } }),
  // ln sigmoid(z) = -ln(1 + e^-z)
  sigmoid: (graph, scores) => graph.node("Neg", [graph.node("Softplus", [graph.node("Neg", [scores])])]),
};

function addLinked(graph: GraphBuilder, matrix: string, estimator: RowEstimator, inputs: number, classes: number, links: Links): string {
  if (estimator.type !== "trees") {
    const [flat, width] = addImage(graph, matrix, estimator, inputs);
    return addDenseLayers(graph, flat, classifierLayers(estimator, width, classes), links);
  }
  const { ensemble } = estimator;
  checkTrees(ensemble, inputs);
  const outputs = ensemble.bases.length;
  if (outputs !== (classes === 2 ? 1 : classes)) throw new RangeError(`${outputs} outputs of trees tell no ${classes} classes apart`);
  const scores = addTrees(graph, matrix, ensemble);
  if (classes > 2) return links.softmax(graph, scores);
  // 1 - sigmoid(z) = sigmoid(-z)
  return links.sigmoid(graph, graph.node("Mul", [scores, graph.constant(floatTensor([2], [-1, 1]))]));
}

/**
 * Adds the nodes that turn a matrix [N, inputs] into values [N, 1].
 *
 * @throws RangeError where the estimator's shapes do not fit the inputs or each other
 */
export function addRegressor(graph: GraphBuilder, matrix: string, estimator: RowEstimator, inputs: number): string {
  if (estimator.type !== "trees") {
    const [flat, width] = addImage(graph, matrix, estimator, inputs);
    return addDenseLayers(graph, flat, regressorLayers(estimator, width));
  }
  checkTrees(estimator.ensemble, inputs);
  if (estimator.ensemble.bases.length !== 1) throw new RangeError("a regression has one output");
  return addTrees(graph, matrix, estimator.ensemble);
}

/** Adds the nodes that give the same numbers [N, numbers] to each of the N values of an input. */
export function addConstant(graph: GraphBuilder, input: string, numbers: number[]): string {
  const length = graph.node("Shape", [input], { attributes: { end: int(1) } });
  const shape = graph.node("Concat", [length, graph.constant(int64Tensor([1], [1]))], { attributes: { axis: int(0) } });
  return graph.node("Expand", [graph.constant(floatTensor([1, numbers.length], numbers)), shape]);
}

type Dense = Exclude<RowEstimator, { type: "trees" }>;

/** The matrix that the layers see, and its width. */
function addImage(graph: GraphBuilder, matrix: string, estimator: Dense, inputs: number): [string, number] {
  if (estimator.type !== "cnn") return [matrix, inputs];
  const { image, convolutions } = estimator;
  checkConvolutions(image, convolutions, inputs);
  return [addConvolutions(graph, matrix, image, convolutions), flatWidth(image, convolutions)];
}

/** The last layer has one output per class. */
function classifierLayers(estimator: Dense, inputs: number, classes: number): DenseLayer[] {
  const layers = layersOf(estimator, classes === 2 && estimator.type === "linear" && estimator.bias.length === 1 ? "sigmoid" : "softmax");
  const last = layers.at(-1);
  const outputs =
    last?.activation === "sigmoid" && last.bias.length === 1 ? 2 : last?.activation === "softmax" ? last.bias.length : undefined;
  if (last === undefined || outputs !== classes) {
    throw new RangeError(`the last layer must end in a softmax over ${classes} classes${classes === 2 ? " or in one sigmoid" : ""}`);
  }
  checkShapes(layers, inputs);
  return last.activation === "sigmoid" ? [...layers.slice(0, -1), mirrored(last)] : layers;
}

function regressorLayers(estimator: Dense, inputs: number): DenseLayer[] {
  const layers = layersOf(estimator, "none");
  const last = layers.at(-1);
  if (last?.activation !== "none" || last.bias.length !== 1)
    throw new RangeError("the last layer must end in one output without activation");
  checkShapes(layers, inputs);
  return layers;
}

/** @param activation of a linear model */
function layersOf(estimator: Dense, activation: Activation): DenseLayer[] {
  if (estimator.type !== "linear") return estimator.layers;
  const { weights, bias } = estimator;
  const inputs = weights[0]?.length ?? 0;
  const transposed = Array.from({ length: inputs }, (_, input) => weights.map((row) => row[input] ?? Number.NaN));
  return [{ weights: transposed, bias, activation }];
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

/** @param links what the last layer's softmax or sigmoid gives; others are within the network */
function addDenseLayers(graph: GraphBuilder, matrix: string, layers: DenseLayer[], links = probabilities): string {
  return layers.reduce((value, layer, index) => addDense(graph, value, layer, index === layers.length - 1 ? links : probabilities), matrix);
}

function addDense(graph: GraphBuilder, value: string, { weights, bias, activation }: DenseLayer, links: Links): string {
  const matrix = graph.constant(floatTensor([weights.length, bias.length], weights.flat()));
  const sum = graph.node("Gemm", [value, matrix, graph.constant(floatTensor([bias.length], bias))]);
  if (activation === "none") return sum;
  return activation === "relu" ? graph.node("Relu", [sum]) : links[activation](graph, sum);
}
