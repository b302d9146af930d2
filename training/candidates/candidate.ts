import type { Estimator } from "@falconry/model/onnx/estimators.ts";
import type { InputMatrix } from "./input-matrix.ts";
import type { SearchSpace } from "./search-space.ts";

/** Rows as an estimator sees them, after preprocessing. */
export interface Examples {
  inputs: InputMatrix;
  /** Columns of the inputs that hold the number of a category, from 0; NaN where it is missing or was not seen. */
  categorical: number[];
  /** Class of each row, as an index below `classes`; of a regression the value itself. */
  labels: number[];
  /** How many classes there are, each of them in `labels` at least once; 0 of a regression. */
  classes: number;
}

/**
 * How a candidate wants its inputs:
 *
 * - `standardised`: numbers with mean 0 and deviation 1, texts one-hot, none missing
 * - `one-scale`: the same, but one mean and one deviation for all numbers, which may be compared with each other: pixels
 * - `raw`: numbers as they are, texts as the number of their category; NaN where a value is missing
 */
export type InputKind = "standardised" | "one-scale" | "raw";

/** A kind of model that training compares with others. The same examples and seed give the same fit, bit by bit. */
export interface Candidate {
  name: string;
  /** Settings as they are logged with the run. */
  settings: Record<string, string>;
  /** What a search may change of the settings, and within which bounds; nothing where it is empty. */
  searchSpace: SearchSpace;
  inputs: InputKind;
  /** @throws FalconryError `train.candidate-failed` */
  fit(examples: Examples, seed: number): Promise<FittedEstimator>;
}

export interface FittedEstimator {
  /** @returns rows x classes, each row adds up to 1; of a regression rows x 1, the value */
  predict(inputs: InputMatrix): number[][];
  /** What the exported graph computes with. */
  estimator: Estimator;
}
