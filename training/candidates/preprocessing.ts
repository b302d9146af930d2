import type { Feature as GraphFeature } from "@falconry/model/onnx/preprocessing.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { meanAndScale } from "./standardisation.ts";

/**
 * Learns from some rows how features become an estimator's inputs: a missing number becomes the mean, numbers are standardised, a text
 * becomes one input per value that the rows hold. What the graph's preprocessing computes, in the same order.
 *
 * The graph computes with 32-bit floats. Its constants are rounded to them here, before anything is fitted: then x - mean is the same in
 * the graph, also where the mean is large beside the deviation (a year, say).
 */
export function fitPreprocessing({ features, columns }: FeatureTable): GraphFeature[] {
  return features.map(({ name, type }) => {
    const values = columns.get(name) ?? [];
    if (type === "string") return { name, type, categories: [...new Set(values.filter(isText))].sort() };
    const known = values.filter((value) => typeof value === "number");
    const impute = known.length === 0 ? 0 : Math.fround(meanAndScale(known).mean);
    const { mean, scale } = meanAndScale(values.map((value) => (typeof value === "number" ? value : impute)));
    return { name, type, impute, mean: Math.fround(mean), scale: Math.fround(scale) || 1 };
  });
}

/** @returns rows x inputs */
export function preprocess({ columns, keys }: FeatureTable, fitted: GraphFeature[]): number[][] {
  return keys.map((_, row) => fitted.flatMap((feature) => inputsOf(columns.get(feature.name)?.[row] ?? null, feature)));
}

function inputsOf(value: number | string | null, feature: GraphFeature): number[] {
  if (feature.type === "string") return feature.categories.map((category) => (category === value ? 1 : 0));
  return [((typeof value === "number" ? value : feature.impute) - feature.mean) / feature.scale];
}

/** An empty text is a missing one: the graph cannot tell them apart. */
function isText(value: number | string | null): value is string {
  return typeof value === "string" && value !== "";
}
