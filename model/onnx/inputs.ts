import { FalconryError } from "@falconry/environment/error.ts";
import type { GraphBuilder } from "./graph.ts";
import type { Feature } from "./preprocessing.ts";

/**
 * Declares an input of N values per feature. That of an only feature is [N,1], because MLflow's pyfunc gives a DataFrame to a graph of one
 * input as a matrix.
 *
 * @param outputs names that no feature may have
 * @throws FalconryError `model.reserved-name`
 */
export function addInputs(graph: GraphBuilder, features: Feature[], outputs: string[]): void {
  const taken = features.find(({ name }) => outputs.includes(name));
  if (taken !== undefined) {
    throw new FalconryError("model.reserved-name", {
      message: `feature "${taken.name}" has the name of an output of the model`,
      hint: `Name the column differently in features.sql: ${outputs.join(", ")} are outputs`,
    });
  }
  const shape = features.length === 1 ? "column" : "vector";
  for (const { name, type } of features) graph.input(name, type === "double" ? "float" : "string", shape);
}
