import type { Feature as GraphFeature } from "@falconry/model/onnx/preprocessing.ts";
import { width } from "@falconry/model/onnx/preprocessing.ts";
import type { ColumnValues, FeatureTable } from "../features/feature-table.ts";
import type { InputKind } from "./candidate.ts";
import type { InputMatrix } from "./input-matrix.ts";
import { meanAndScale, moments, scaleOf } from "./standardisation.ts";

/** Of thousands of categories most are in a handful of rows each: a weight of their own costs time and tells little. */
const mostOneHot = 100;

/**
 * Learns from some rows how features become an estimator's inputs: what the graph's preprocessing computes, in the same order. A missing
 * number becomes the mean, but in a raw column that had missing values it stays missing. One-hot, the most frequent categories have an
 * input of their own; all others have none, as an unseen one.
 *
 * The graph computes with 32-bit floats. Its constants are rounded to them here, before anything is fitted: then x - mean is the same in
 * the graph, also where the mean is large beside the deviation (a year, say).
 */
export function fitPreprocessing({ features, columns }: FeatureTable, kind: InputKind = "standardised"): GraphFeature[] {
  const fitted = features.map(({ name }): GraphFeature => {
    const values = columns.get(name) ?? [];
    if (!(values instanceof Float64Array)) {
      const counts = countsOf(values);
      if (kind === "raw") return { name, type: "string", categories: [...counts.keys()].sort(), asNumber: true };
      return { name, type: "string", categories: mostFrequent(counts) };
    }
    const type = "double";
    const known = knownOf(values);
    const impute = known.length === 0 ? 0 : Math.fround(meanAndScale(known).mean);
    if (kind === "raw") return { name, type, impute: known.length < values.length ? Number.NaN : impute, mean: 0, scale: 1 };
    const { mean, scale } = meanAndScale(values.map((value) => (Number.isNaN(value) ? impute : value)));
    return { name, type, impute, mean: Math.fround(mean), scale: Math.fround(scale) };
  });
  return kind === "one-scale" ? onOneScale(fitted, columns) : fitted;
}

export function preprocess({ columns, labels }: FeatureTable, fitted: GraphFeature[]): InputMatrix {
  const rows = labels.length;
  const inputs: InputMatrix = { rows, columns: width(fitted), values: new Float64Array(rows * width(fitted)) };
  let column = 0;
  for (const feature of fitted) {
    fill(inputs, column, columns.get(feature.name) ?? [], feature);
    column += width([feature]);
  }
  return inputs;
}

/** Columns of the inputs that hold the number of a category. */
export function categoricalInputs(fitted: GraphFeature[]): number[] {
  return fitted.flatMap((feature, index) =>
    feature.type === "string" && feature.asNumber && feature.categories.length > 0 ? [width(fitted.slice(0, index))] : [],
  );
}

function fill({ columns: stride, values: inputs }: InputMatrix, first: number, values: ColumnValues, feature: GraphFeature) {
  if (feature.type === "double") {
    const { impute, mean, scale } = feature;
    for (let row = 0; row < values.length; row++) {
      // the graph reads 32 bits of it
      const value = Math.fround(Number(values[row]));
      inputs[row * stride + first] = ((Number.isNaN(value) ? impute : value) - mean) / scale;
    }
    return;
  }
  const places = new Map(feature.categories.map((category, place) => [category, place]));
  for (const [row, value] of values.entries()) {
    const place = typeof value === "string" ? places.get(value) : undefined;
    if (feature.asNumber && places.size > 0) inputs[row * stride + first] = place ?? Number.NaN;
    else if (place !== undefined) inputs[row * stride + first + place] = 1;
  }
}

/** The mean and deviation of all numbers together, each column weighing the same. */
function onOneScale(features: GraphFeature[], columns: FeatureTable["columns"]): GraphFeature[] {
  const ofEach = features.flatMap((feature) => {
    const values = columns.get(feature.name);
    const known = values instanceof Float64Array ? knownOf(values) : [];
    return known.length > 0 ? [moments(known)] : [];
  });
  const { mean, variance: between } = moments(ofEach.map((one) => one.mean));
  const within = moments(ofEach.map((one) => one.variance)).mean;
  const shared = { mean: Math.fround(mean) || 0, scale: Math.fround(scaleOf(mean, within + between)) };
  return features.map((feature) => (feature.type === "double" ? { ...feature, ...shared } : feature));
}

function knownOf(numbers: Float64Array): Float64Array {
  return numbers.filter((number) => !Number.isNaN(number));
}

/** Of each category the rows that hold it. An empty text is a missing one: the graph cannot tell them apart. */
function countsOf(values: (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Of equals those whose name comes first. @returns sorted by name */
function mostFrequent(counts: Map<string, number>): string[] {
  const byName = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  const byCount = byName.sort(([, one], [, other]) => other - one);
  return byCount
    .slice(0, mostOneHot)
    .map(([name]) => name)
    .sort();
}
