import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { calibrated, fitCalibration } from "./calibration.ts";
import { type CalibrationEffect, calibrationEffect } from "./calibration-effect.ts";
import { scored } from "./measure.ts";
import { outOfFold } from "./out-of-fold.ts";

/** The chosen candidate as it goes out. */
export interface Decided {
  model: FittedModel;
  /** Where the workload asks for calibrated probabilities. */
  calibration?: CalibrationEffect;
}

/**
 * What a workload wants of the chosen candidate beside the fit: calibrated probabilities. They rest on answers out of fold, for which the
 * candidate is fitted once more per fold; where nothing is wanted, nothing is fitted.
 *
 * @param model the candidate fitted on `train`
 */
export async function decide(
  candidate: Candidate,
  model: FittedModel,
  { train, test }: { train: FeatureTable; test: FeatureTable },
  { calibration: isCalibrated = false, crossValidation }: Pick<Workload, "calibration" | "crossValidation">,
  progress: Progress = silent,
): Promise<Decided> {
  if (!isCalibrated) return { model };
  progress(`asking ${candidate.name} out of fold`);
  const calibration = await fitCalibration(await outOfFold(candidate, train, crossValidation), train.labels);
  const calibratedModel: FittedModel = {
    ...model,
    predict: (rows) => calibration.apply(model.predict(rows)),
    estimator: calibrated(model.estimator, calibration),
  };
  const answers = (one: FittedModel) => scored(test, one.predict(test));
  return { model: calibratedModel, calibration: calibrationEffect(answers(model), answers(calibratedModel), crossValidation.seed) };
}
