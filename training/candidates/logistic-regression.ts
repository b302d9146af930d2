import { FalconryError } from "@falconry/environment/error.ts";
import { Matrix, solve } from "ml-matrix";
import type { Candidate, Examples, FittedEstimator } from "./candidate.ts";
import { type Standardisation, standardisation, standardise } from "./standardisation.ts";

const maxIterations = 100;
/** Newton stops when another step could lower the objective by less than this share of it. */
const relativeTolerance = 1e-14;

/**
 * Logistic regression for two classes with an L2 penalty: the minimum of 1/2 w·w + C * sum of log(1 + exp(-y (w·x + b))), y in {-1, 1},
 * the intercept b unpenalised. It is scikit-learn's objective, here on inputs that are all standardised, the one-hot ones too.
 * The objective is strictly convex where C is finite; Newton's method finds its one minimum to rounding.
 *
 * @see Hastie, Tibshirani, Friedman: The Elements of Statistical Learning (2009), 4.4.1
 */
export function logisticRegression(name: string, { C }: { C: number }): Candidate {
  return {
    name,
    settings: { C: String(C) },
    async fit(examples) {
      if (examples.classes !== 2) {
        throw new FalconryError("train.candidate-failed", {
          message: `candidate "${name}": logistic regression tells two classes apart, the target has ${examples.classes}`,
          hint: "Declare another type of candidate for this target",
        });
      }
      const scaling = standardisation(examples.inputs);
      const inputs = examples.inputs.map((row) => standardise(row, scaling));
      return onOriginalScale(minimise(inputs, examples, C, name), scaling);
    },
  };
}

/** Of a Newton step; below it rounding decides whether the objective goes down. */
const smallestShare = 1e-10;

/** Intercept first, then one weight per input. */
type Coefficients = number[];

function minimise(inputs: number[][], { labels }: Examples, C: number, name: string): Coefficients {
  const rows = inputs.map((row) => [1, ...row]);
  let current: Coefficients = new Array(rows[0]?.length ?? 1).fill(0);
  let value = objective(rows, labels, C, current);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const { gradient, hessian } = derivatives(rows, labels, C, current);
    const step = solve(hessian, Matrix.columnVector(gradient)).to1DArray();
    const after = (share: number) => current.map((coefficient, index) => coefficient - share * (step[index] ?? 0));
    if (dot(gradient, step) / 2 <= relativeTolerance * value) return after(1);
    // far from the minimum a full step may overshoot: halve it until it goes down
    let share = 1;
    while (objective(rows, labels, C, after(share)) >= value && share > smallestShare) share /= 2;
    current = after(share);
    value = objective(rows, labels, C, current);
  }
  throw new FalconryError("train.candidate-failed", {
    message: `candidate "${name}": no minimum within ${maxIterations} Newton steps at C = ${C}`,
    hint: "Declare a smaller C: the penalty is too weak for classes that a plane parts",
  });
}

function objective(rows: number[][], labels: number[], C: number, coefficients: Coefficients): number {
  const penalty = coefficients.slice(1).reduce((sum, weight) => sum + weight * weight, 0) / 2;
  const losses = rows.map((row, index) => {
    const margin = dot(row, coefficients) * (labels[index] === 1 ? 1 : -1);
    return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
  });
  return penalty + C * losses.reduce((sum, loss) => sum + loss, 0);
}

function derivatives(rows: number[][], labels: number[], C: number, coefficients: Coefficients) {
  const size = coefficients.length;
  const gradient = coefficients.map((weight, index) => (index === 0 ? 0 : weight));
  const hessian = Matrix.diag(coefficients.map((_, index) => (index === 0 ? 0 : 1)));
  for (const [index, row] of rows.entries()) {
    const probability = sigmoid(dot(row, coefficients));
    const residual = C * (probability - (labels[index] === 1 ? 1 : 0));
    const curvature = C * probability * (1 - probability);
    for (let i = 0; i < size; i++) {
      const input = row[i] ?? 0;
      gradient[i] = (gradient[i] ?? 0) + residual * input;
      for (let j = 0; j < size; j++) hessian.set(i, j, hessian.get(i, j) + curvature * input * (row[j] ?? 0));
    }
  }
  return { gradient, hessian };
}

/** The same model for inputs as they come: the standardisation becomes part of weights and intercept. */
function onOriginalScale([intercept = 0, ...weights]: Coefficients, { means, scales }: Standardisation): FittedEstimator {
  const rescaled = weights.map((weight, index) => weight / (scales[index] ?? 1));
  const bias = intercept - dot(rescaled, means);
  return {
    predictProbabilities: (inputs) =>
      inputs.map((row) => {
        const margin = dot(row, rescaled) + bias;
        return [sigmoid(-margin), sigmoid(margin)];
      }),
    estimator: { type: "linear", weights: [rescaled], bias: [bias] },
  };
}

function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
