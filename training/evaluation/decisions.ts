import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import type { FittedModel } from "../candidates/fit-model.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { type Calibration, calibrated, fitCalibration } from "./calibration.ts";
import { type CalibrationEffect, calibrationEffect } from "./calibration-effect.ts";
import { type Costs, cheapestThreshold, decidable } from "./cost-threshold.ts";
import { scored } from "./measure.ts";
import { outOfFold } from "./out-of-fold.ts";
import { type ThresholdEffect, thresholdEffect } from "./threshold-effect.ts";

type Declared = Pick<LoadedWorkload, "calibration" | "costs" | "crossValidation">;

/** The chosen candidate as it goes out. */
export interface Decided {
  model: FittedModel;
  /** Where the workload asks for calibrated probabilities. */
  calibration?: CalibrationEffect;
  /** Where the workload says what mistakes cost. */
  threshold?: ThresholdEffect;
}

/** @throws FalconryError `workload.invalid` where costs are declared of anything but one of two classes */
export function requireDecidable(
  { costs, folder }: Pick<LoadedWorkload, "costs" | "folder">,
  { classes }: Pick<FeatureTable, "classes">,
): void {
  if (costs === undefined || (classes.length === 2 && classes.includes(costs.positive))) return;
  throw new FalconryError("workload.invalid", {
    message: `${folder}/workload.ts: workload.costs.positive: ${JSON.stringify(costs.positive)} is not one of two classes; they are ${classes.map((one) => JSON.stringify(one)).join(", ")}`,
    hint: "Name the class as it stands there: without quotes where it is a number; of more than two classes there is no threshold",
  });
}

/**
 * What a workload wants of the chosen candidate beside the fit: calibrated probabilities, and a threshold by cost. Both rest on what it answers out
 * of fold, for which it is fitted once more per fold; where nothing is wanted, nothing is fitted.
 *
 * @param model the candidate fitted on `train`
 */
export async function decide(
  candidate: Candidate,
  model: FittedModel,
  { train, test }: { train: FeatureTable; test: FeatureTable },
  { calibration: isCalibrated = false, costs, crossValidation }: Declared,
  progress: Progress = silent,
): Promise<Decided> {
  if (!isCalibrated && costs === undefined) return { model };
  progress(`asking ${candidate.name} out of fold`);
  const { seed } = crossValidation;
  const answers = await outOfFold(candidate, train, crossValidation);
  const calibration = isCalibrated ? await fitCalibration(answers, train.labels) : undefined;
  const sure = calibration === undefined ? model : withCalibration(model, calibration);
  const answersOf = (one: FittedModel) => scored(test, one.predict(test));
  const byCost = costs && withThreshold(sure, costs, { train, test }, calibration?.apply(answers) ?? answers, seed);
  return {
    model: byCost?.model ?? sure,
    ...(calibration && { calibration: calibrationEffect(answersOf(model), answersOf(sure), seed) }),
    ...(byCost && { threshold: byCost.effect }),
  };
}

function withCalibration(model: FittedModel, calibration: Calibration): FittedModel {
  return { ...model, predict: (rows) => calibration.apply(model.predict(rows)), estimator: calibrated(model.estimator, calibration) };
}

function withThreshold(
  model: FittedModel,
  costs: Costs,
  { train, test }: { train: FeatureTable; test: FeatureTable },
  answers: number[][],
  seed: number,
): { model: FittedModel; effect: ThresholdEffect } {
  const label = train.classes.indexOf(costs.positive);
  const chosenBy = decidable(train.labels, answers, label);
  const above = cheapestThreshold(chosenBy, costs);
  const tested = decidable(test.labels, model.predict(test), label);
  return { model: { ...model, threshold: { label, above } }, effect: thresholdEffect(chosenBy, tested, above, costs, seed) };
}
