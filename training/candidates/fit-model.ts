import type { DecisionThreshold } from "@falconry/model/onnx/classifier-graph.ts";
import type { Estimator } from "@falconry/model/onnx/estimators.ts";
import type { Feature } from "@falconry/model/onnx/preprocessing.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import type { Candidate } from "./candidate.ts";
import { categoricalInputs, fitPreprocessing, preprocess } from "./preprocessing.ts";
import { meanAndScale } from "./standardisation.ts";

/** A fitted candidate together with the preprocessing that was fitted on the same rows. */
export interface FittedModel {
  /** @returns rows x classes; of a regression rows x 1, the value */
  predict(rows: FeatureTable): number[][];
  features: Feature[];
  /** None of a regression. */
  classes: (number | string)[];
  estimator: Estimator;
  /** Of two classes. Absent where the more probable one is predicted. */
  threshold?: DecisionThreshold;
  /** What an answer's error is small beside: 1 for probabilities; of a regression the target's mean and deviation together. */
  magnitude: number;
}

/** Fits preprocessing and candidate on these rows and no others. */
export async function fitModel(candidate: Candidate, rows: FeatureTable, seed: number): Promise<FittedModel> {
  const features = fitPreprocessing(rows, candidate.inputs);
  const { classes, labels } = rows;
  const examples = { inputs: preprocess(rows, features), categorical: categoricalInputs(features), labels, classes: classes.length };
  const { predict, estimator } = await candidate.fit(examples, seed);
  return { predict: (others) => predict(preprocess(others, features)), features, classes, estimator, magnitude: magnitudeOf(rows) };
}

function magnitudeOf({ labels, classes }: FeatureTable): number {
  if (classes.length > 0) return 1;
  const { mean, scale } = meanAndScale(labels);
  return Math.abs(mean) + scale;
}
