import { FalconryError } from "@falconry/environment/error.ts";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import type { FeatureTable } from "../features/feature-table.ts";

/** A probability of the graph, whose numbers have 32 bits, may differ by this much from the fitted model's. */
const parityTolerance = 1e-5;

/**
 * Writes a fitted model as one ONNX graph with its preprocessing, and asks both the same.
 *
 * @param rows what they are asked
 * @returns the same bytes for the same model
 * @throws FalconryError `train.export-differs`
 */
export async function exportGraph(model: FittedModel, rows: FeatureTable): Promise<Uint8Array> {
  const bytes = classifierGraph({ ...model.graph, producer: "falconry" });
  await requireParity(bytes, model, rows);
  return bytes;
}

async function requireParity(bytes: Uint8Array, model: FittedModel, rows: FeatureTable): Promise<void> {
  const graph = await OnnxModel.load(bytes);
  try {
    const { probabilities = [] } = await graph.predict(Object.fromEntries(rows.columns));
    for (const [row, expected] of model.predictProbabilities(rows).entries()) {
      for (const [label, fitted] of expected.entries()) {
        const exported = probabilities[row]?.[label] ?? Number.NaN;
        if (Math.abs(exported - fitted) <= parityTolerance) continue;
        throw new FalconryError("train.export-differs", {
          message: `${rows.keys[row]?.join(", ")}: probability of ${rows.classes[label]} is ${exported} by the graph, ${fitted} by the fitted model`,
          hint: "The graph computes with 32-bit floats: bring the features into a range that these can tell apart",
        });
      }
    }
  } finally {
    await graph.close();
  }
}
