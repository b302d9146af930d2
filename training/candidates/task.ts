import { FalconryError } from "@falconry/environment/error.ts";

/** @throws FalconryError `train.candidate-failed` for a regression */
export function requireClasses(candidate: string, kind: string, classes: number): void {
  if (classes === 0) throw otherTask(candidate, `${kind} tells classes apart, the target is a number`);
}

/** @throws FalconryError `train.candidate-failed` for a classification */
export function requireNumbers(candidate: string, kind: string, classes: number): void {
  if (classes > 0) throw otherTask(candidate, `${kind} predicts a number, the target has ${classes} classes`);
}

function otherTask(candidate: string, what: string): FalconryError {
  return new FalconryError("train.candidate-failed", {
    message: `candidate "${candidate}": ${what}`,
    hint: "Declare another type of candidate for this target",
  });
}
