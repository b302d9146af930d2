import type { CalibratedEstimator, Estimator } from "@falconry/model/onnx/estimators.ts";
import { inputMatrix } from "../candidates/input-matrix.ts";
import { linearClassifier } from "../candidates/linear/linear-model.ts";
import { logisticRegression } from "../candidates/logistic-regression.ts";

/** From a model's probabilities to ones that come true as often as they say. */
export interface Calibration extends Pick<CalibratedEstimator, "smallest" | "weights" | "bias"> {
  /** @param probabilities rows x classes; likewise what is returned */
  apply(probabilities: readonly (readonly number[])[]): number[][];
}

/** Below it a model that computes with 32 bits and one that computes with 64 do not agree how small a probability is. */
const smallest = 1e-6;
/** Hardly a penalty: it only keeps classes that a plane parts from infinite weights. */
const settings = { C: 1 };

/**
 * Fits a logistic regression to the logarithms of probabilities. Of two classes a higher probability always stays the higher one: a weight that
 * would turn the order round is left out.
 *
 * @param probabilities rows x classes, out of fold: of rows that the model was fitted on they would be too good
 * @param labels each of the classes at least once
 * @see Kull et al. (2019), Beyond temperature scaling: Dirichlet calibration; of two classes it is Kull, Silva Filho and Flach (2017), Beta
 *   calibration, whose rule for the weights this is
 */
export async function fitCalibration(probabilities: readonly (readonly number[])[], labels: number[]): Promise<Calibration> {
  const inputs = logarithmsOf(probabilities);
  const classes = inputs[0]?.length ?? 0;
  const { weights, bias } = classes === 2 ? await inOrder(inputs, labels) : await fitted(inputs, labels, classes);
  const { predict } = linearClassifier({ weights, bias });
  return { smallest, weights, bias, apply: (others) => predict(inputMatrix(logarithmsOf(others))) };
}

/** An estimator whose probabilities go through a calibration. */
export function calibrated(estimator: Estimator, { smallest, weights, bias, apply }: Calibration): Estimator {
  switch (estimator.type) {
    case "constant":
      return { type: "constant", probabilities: apply([estimator.probabilities])[0] ?? [] };
    case "mean":
    case "calibrated":
      throw new RangeError(`a ${estimator.type} estimator cannot be calibrated`);
    default:
      return { type: "calibrated", inner: estimator, smallest, weights, bias };
  }
}

interface Linear {
  weights: number[][];
  bias: number[];
}

async function fitted(inputs: number[][], labels: number[], classes: number): Promise<Linear> {
  const { estimator } = await logisticRegression("calibration", settings).fit(
    { inputs: inputMatrix(inputs), categorical: [], labels, classes },
    0,
  );
  if (estimator.type !== "linear") throw new TypeError(`a logistic regression is a ${estimator.type} estimator`);
  return estimator;
}

/** The second class's score rises with the logarithm of its own probability, and falls with the first one's. */
async function inOrder(inputs: number[][], labels: number[]): Promise<Linear> {
  let used = [0, 1];
  for (;;) {
    const { weights, bias } = await fitted(
      inputs.map((row) => used.map((column) => row[column] ?? 0)),
      labels,
      2,
    );
    const weightOf = (column: number) => weights[0]?.[used.indexOf(column)] ?? 0;
    const kept = used.filter((column) => weightOf(column) * (column === 1 ? 1 : -1) >= 0);
    if (kept.length === used.length) return { weights: [[weightOf(0), weightOf(1)]], bias };
    used = kept;
  }
}

function logarithmsOf(probabilities: readonly (readonly number[])[]): number[][] {
  return probabilities.map((row) => row.map((probability) => Math.log(Math.max(probability, smallest))));
}
