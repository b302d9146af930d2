import type { Estimator } from "@falconry/model/onnx/estimators.ts";

/** Rows as an estimator sees them, after preprocessing. */
export interface Examples {
  /** rows x inputs: standardised numbers and one-hot categories, none missing. */
  inputs: number[][];
  /** Class of each row, as an index below `classes`. */
  labels: number[];
  /** How many classes there are; each is in `labels` at least once. */
  classes: number;
}

/** A kind of model that training compares with others. The same examples and seed give the same fit, bit by bit. */
export interface Candidate {
  name: string;
  /** Settings as they are logged with the run. */
  settings: Record<string, string>;
  /** @throws FalconryError `train.candidate-failed` */
  fit(examples: Examples, seed: number): Promise<FittedEstimator>;
}

export interface FittedEstimator {
  /** @returns rows x classes, each row adds up to 1 */
  predictProbabilities(inputs: number[][]): number[][];
  /** What the exported graph computes with. */
  estimator: Estimator;
}
