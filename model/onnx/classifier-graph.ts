import { addClassifier, addConstant, type Estimator } from "./estimators.ts";
import { floatTensor, GraphBuilder, int, int64Tensor, stringTensor } from "./graph.ts";
import { addInputs } from "./inputs.ts";
import { addPreprocessing, type Feature, width } from "./preprocessing.ts";

export interface ClassifierSpec {
  /** The estimator's inputs are in this order: one per number, one per category of a string. */
  features: Feature[];
  /** All integers or all strings, without repetition. */
  classes: (number | string)[];
  estimator: Estimator;
  /** Of two classes. @default the more probable one is predicted */
  threshold?: DecisionThreshold;
  /** Name of the tool that made the model. */
  producer: string;
}

/** One of two classes is predicted where its probability is above a threshold, the other one elsewhere. */
export interface DecisionThreshold {
  /** Its place among the classes. */
  label: number;
  /** In [0, 1], a 32-bit float. */
  above: number;
}

/** Name of the output that holds the predicted class. */
export const predictionOutput = "prediction";

/** Name of the output that holds the probability of one class. */
export function probabilityOutput(label: number | string): string {
  return `probability_${label}`;
}

/**
 * A classifier with its preprocessing as one ONNX graph (D6): a rank-1 input of N values per feature; rank-1 outputs `prediction` and
 * one `probability_<class>` per class, N values each. Equal probabilities go to the class that comes first. The input of an only
 * feature is [N,1], because MLflow's pyfunc gives a DataFrame to a graph of one input as a matrix.
 *
 * @throws FalconryError `model.reserved-name` – a feature is named like an output
 * @throws RangeError where weights, classes and features do not fit each other
 */
export function classifierGraph(spec: ClassifierSpec): Uint8Array {
  const graph = new GraphBuilder("classifier");
  addInputs(graph, spec.features, [predictionOutput, ...spec.classes.map(probabilityOutput)]);
  addClasses(graph, addProbabilities(graph, spec), spec);
  return graph.encode(spec.producer);
}

function addProbabilities(graph: GraphBuilder, { features, classes, estimator }: ClassifierSpec): string {
  if (estimator.type === "mean") throw new RangeError("a mean tells no classes apart");
  if (estimator.type !== "constant")
    return addClassifier(graph, addPreprocessing(graph, features), estimator, width(features), classes.length);
  const [first] = features;
  if (first === undefined) throw new RangeError("a classifier needs at least one feature");
  if (estimator.probabilities.length !== classes.length) throw new RangeError(`${classes.length} classes need as many probabilities`);
  return addConstant(graph, first.name, estimator.probabilities);
}

function addClasses(graph: GraphBuilder, probabilities: string, { classes, threshold }: ClassifierSpec): void {
  const names = classes.every((label) => typeof label === "string");
  const labels = graph.constant(names ? stringTensor([classes.length], classes) : int64Tensor([classes.length], classes.map(wholeNumber)));
  const winner =
    threshold === undefined
      ? graph.node("ArgMax", [probabilities], { attributes: { axis: int(1), keepdims: int(0) } })
      : addDecision(graph, probabilities, classes, threshold);
  graph.node("Gather", [labels, winner], { as: graph.output(predictionOutput, names ? "string" : "int64") });
  for (const [index, label] of classes.entries()) {
    const column = graph.constant(int64Tensor([], [index]));
    graph.node("Gather", [probabilities, column], { attributes: { axis: int(1) }, as: graph.output(probabilityOutput(label), "float") });
  }
}

/** The place of the predicted class. */
function addDecision(
  graph: GraphBuilder,
  probabilities: string,
  classes: (number | string)[],
  { label, above }: DecisionThreshold,
): string {
  if (classes.length !== 2 || !(label === 0 || label === 1)) throw new RangeError("a threshold decides between two classes");
  const place = graph.constant(int64Tensor([], [label]));
  const probability = graph.node("Gather", [probabilities, place], { attributes: { axis: int(1) } });
  const isAbove = graph.node("Greater", [probability, graph.constant(floatTensor([], [above]))]);
  const places = [label, 1 - label].map((one) => graph.constant(int64Tensor([], [one])));
  return graph.node("Where", [isAbove, ...places]);
}

function wholeNumber(label: number | string): number {
  if (Number.isSafeInteger(label)) return Number(label);
  throw new RangeError(`class ${JSON.stringify(label)}: classes are either all integers or all strings`);
}
