import type { FittedEstimator } from "../candidate.ts";
import type { InputMatrix } from "../input-matrix.ts";
import type { Standardisation } from "../standardisation.ts";
import { probabilitiesOf, type Scores } from "./logistic-loss.ts";

/** Rows of weights and a bias each, for inputs as they come. */
export interface LinearModel {
  weights: number[][];
  bias: number[];
}

/**
 * From coefficients of standardised inputs, score after score with the intercept first: the standardisation becomes part of them.
 */
export function onOriginalScale(coefficients: Float64Array, { means, scales }: Standardisation): LinearModel {
  const width = means.length + 1;
  const scores = Array.from({ length: coefficients.length / width }, (_, score) =>
    coefficients.subarray(score * width, (score + 1) * width),
  );
  const weights = scores.map(([, ...standardised]) => standardised.map((weight, index) => weight / (scales[index] ?? 1)));
  const bias = scores.map(([intercept = 0], score) => intercept - sumOfProducts(weights[score] ?? [], means));
  return { weights, bias };
}

/** Probabilities by a linear model of classes. */
export function linearClassifier(model: LinearModel): FittedEstimator {
  return {
    predict(inputs) {
      const probabilities = probabilitiesOf(scoresOf(model, inputs));
      const [second] = probabilities;
      if (probabilities.length === 1 && second !== undefined) return Array.from(second, (probability) => [1 - probability, probability]);
      return Array.from({ length: inputs.rows }, (_, row) => probabilities.map((column) => column[row] ?? Number.NaN));
    },
    estimator: { type: "linear", ...model },
  };
}

/** A value by a linear model of one score. */
export function linearRegressor(model: LinearModel): FittedEstimator {
  return {
    predict: (inputs) => Array.from(scoresOf(model, inputs)[0] ?? [], (value) => [value]),
    estimator: { type: "linear", ...model },
  };
}

function scoresOf({ weights, bias }: LinearModel, { rows, columns, values }: InputMatrix): Scores {
  return weights.map((weight, score) => {
    const sums = new Float64Array(rows).fill(bias[score] ?? 0);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += (values[row * columns + column] ?? 0) * (weight[column] ?? 0);
      sums[row] = (sums[row] ?? 0) + sum;
    }
    return sums;
  });
}

function sumOfProducts(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
