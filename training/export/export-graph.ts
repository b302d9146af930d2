import { FalconryError } from "@falconry/environment/error.ts";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { regressorGraph } from "@falconry/model/onnx/regressor-graph.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import { type FeatureTable, keyOf } from "../features/feature-table.ts";

/** An answer of the graph, whose numbers have 32 bits, may differ by this share of itself and of the answers' magnitude from the fitted model's. */
export const parityTolerance = 1e-5;

/**
 * Writes a fitted model as one ONNX graph with its preprocessing, and asks both the same.
 *
 * @param rows what they are asked
 * @returns the same bytes for the same model
 * @throws FalconryError `train.export-differs`
 */
export async function exportGraph(model: FittedModel, rows: FeatureTable): Promise<Uint8Array> {
  const { features, classes, estimator, threshold } = model;
  const spec = { features, estimator, producer: "falconry" };
  const bytes = classes.length === 0 ? regressorGraph(spec) : classifierGraph({ ...spec, classes, ...(threshold && { threshold }) });
  await requireParity(bytes, model, rows);
  return bytes;
}

async function requireParity(bytes: Uint8Array, model: FittedModel, rows: FeatureTable): Promise<void> {
  const fitted = model.predict(rows);
  const exported = await answers(bytes, rows);
  for (const [row, expected] of fitted.entries()) {
    for (const [column, value] of expected.entries()) {
      const answer = exported[row]?.[column] ?? Number.NaN;
      if (Math.abs(answer - value) <= parityTolerance * (model.magnitude + Math.abs(value))) continue;
      const what = model.classes.length > 0 ? `probability of ${model.classes[column]}` : "value";
      throw new FalconryError("train.export-differs", {
        message: `${keyOf(rows, row).join(", ")}: ${what} is ${answer} by the graph, ${value} by the fitted model`,
        hint: "The graph computes with 32-bit floats: bring the features into a range that these can tell apart",
      });
    }
  }
}

/** @returns rows x classes, or rows x 1 */
async function answers(bytes: Uint8Array, rows: FeatureTable): Promise<number[][]> {
  const graph = await OnnxModel.load(bytes);
  try {
    const { predictions, probabilities } = await graph.predict(Object.fromEntries(rows.columns));
    return probabilities ?? predictions.map((value) => [Number(value)]);
  } finally {
    await graph.close();
  }
}
