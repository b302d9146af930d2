import type { ClassifierSpec } from "@falconry/model/onnx/classifier-graph.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import type { Candidate } from "./candidate.ts";
import { fitPreprocessing, preprocess } from "./preprocessing.ts";

/** A fitted candidate together with the preprocessing that was fitted on the same rows. */
export interface FittedModel {
  /** @returns rows x classes */
  predictProbabilities(rows: FeatureTable): number[][];
  graph: Pick<ClassifierSpec, "features" | "classes" | "estimator">;
}

/** Fits preprocessing and candidate on these rows and no others. */
export async function fitModel(candidate: Candidate, rows: FeatureTable, seed: number): Promise<FittedModel> {
  const features = fitPreprocessing(rows);
  const { classes, labels } = rows;
  const fitted = await candidate.fit({ inputs: preprocess(rows, features), labels, classes: classes.length }, seed);
  return {
    predictProbabilities: (others) => fitted.predictProbabilities(preprocess(others, features)),
    graph: { features, classes, estimator: fitted.estimator },
  };
}
