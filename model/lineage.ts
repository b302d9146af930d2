/**
 * Where lineage is written down in MLflow. A run names the feature set that its model was fitted on; the feature set's manifest
 * names the dataset version; so one tag, which Python can set as well, reaches the raw records' hashes.
 */
export const lineageTags = {
  /** Digest of the feature set: tag of the run and of the model version. */
  features: "falconry.features",
  /** Digest of the dataset version: tag of the run and of the model version. */
  dataset: "falconry.dataset",
  /** Name of the workload: tag of the run and of the model version. */
  workload: "falconry.workload",
} as const;

/** Artifact of a run: what the fitted model itself answered on every test row, before any export. */
export const recordedPredictionsPath = "evaluation/predictions.json";

/**
 * Content of {@link recordedPredictionsPath}: row i belongs to row i of the feature set's test part.
 * Python writes the same with `mlflow.log_dict`.
 */
export type RecordedPredictions = RecordedProbabilities | RecordedValues;

export interface RecordedProbabilities {
  /** Classes in the order of a row of `probabilities`. */
  classes: (string | number)[];
  /** One row per test row, one probability per class. */
  probabilities: number[][];
}

/** Of a regression. */
export interface RecordedValues {
  /** One per test row. */
  predictions: number[];
}

/** Who made an answer: part of every prediction. */
export interface PredictionLineage {
  model: { name: string; version: number };
  run: string;
  /** Digest of the dataset version. */
  dataset: string;
}
