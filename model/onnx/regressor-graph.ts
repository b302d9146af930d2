import { predictionOutput } from "./classifier-graph.ts";
import { addConstant, addRegressor, type Estimator } from "./estimators.ts";
import { GraphBuilder, int64Tensor } from "./graph.ts";
import { addInputs } from "./inputs.ts";
import { addPreprocessing, type Feature, width } from "./preprocessing.ts";

export interface RegressorSpec {
  /** The estimator's inputs are in this order. */
  features: Feature[];
  estimator: Estimator;
  /** Name of the tool that made the model. */
  producer: string;
}

/**
 * A regression with its preprocessing as one ONNX graph (D6): inputs as those of a classifier; one rank-1 output `prediction` of N floats.
 *
 * @throws FalconryError `model.reserved-name` – a feature is named like the output
 * @throws RangeError where weights and features do not fit each other
 */
export function regressorGraph({ features, estimator, producer }: RegressorSpec): Uint8Array {
  const graph = new GraphBuilder("regressor");
  addInputs(graph, features, [predictionOutput]);
  const values = addValues(graph, features, estimator);
  graph.node("Reshape", [values, graph.constant(int64Tensor([1], [-1]))], { as: graph.output(predictionOutput, "float") });
  return graph.encode(producer);
}

function addValues(graph: GraphBuilder, features: Feature[], estimator: Estimator): string {
  if (estimator.type === "constant" || estimator.type === "calibrated") throw new RangeError("probabilities of classes are no value");
  if (estimator.type !== "mean") return addRegressor(graph, addPreprocessing(graph, features), estimator, width(features));
  const [first] = features;
  if (first === undefined) throw new RangeError("a regression needs at least one feature");
  return addConstant(graph, first.name, [estimator.value]);
}
