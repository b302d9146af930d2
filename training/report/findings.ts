import type { LoadedWorkload } from "@falconry/model/workload.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import type { DatasetReference } from "../datasets/dataset-store.ts";
import type { CrossValidated } from "../evaluation/cross-validate.ts";
import type { Decided } from "../evaluation/decisions.ts";
import type { LearningCurve, NoLearningCurve } from "../evaluation/learning-curve.ts";
import type { Measured, Scored } from "../evaluation/measure.ts";
import type { BuiltFeatures } from "../features/build-features.ts";
import type { Leak } from "../features/records-view.ts";
import type { Selected } from "../search/select-in-run.ts";
import type { Asked } from "../tracking/resumable-run.ts";
import type { ClassReport } from "./class-report.ts";
import type { PairedComparison } from "./paired-comparison.ts";
import type { Importance } from "./permutation-importance.ts";
import type { Sliced } from "./slices.ts";

/** A training that has come to its model. */
export interface Trained {
  workload: LoadedWorkload;
  /** Beside what the workload declares. */
  asked: Pick<Asked, "candidates" | "seed" | "budget">;
  dataset: DatasetReference;
  features: BuiltFeatures;
  compared: CrossValidated[];
  /** Name of the candidate that was chosen. */
  best: string;
  model: FittedModel;
  decisions: Omit<Decided, "model">;
  learnt: LearningCurve | NoLearningCurve;
  /** Of the test part. */
  answers: Scored;
  test: Measured;
  leaks: Leak[];
  /** The settings that were tried, and what their choosing comes to. */
  selection: Pick<Selected, "trials" | "nested">;
}

/** What a model's figures rest on. */
export interface Findings {
  /** None of a regression. */
  classes: ClassReport[];
  /** The candidates that were not chosen. */
  others: PairedComparison[];
  importance: Importance[];
  slices: Sliced;
}
