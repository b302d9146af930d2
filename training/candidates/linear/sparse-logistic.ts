import type { Columns } from "./columns.ts";
import { descend } from "./coordinate-descent.ts";
import type { LogisticLoss } from "./logistic-loss.ts";

const maxSteps = 5_000;
/** The search ends when a step over every class lowers the objective by less than this share of it. */
const relativeTolerance = 1e-12;
const smallestShare = 1e-10;

/**
 * Where a logistic loss together with sum of |weight| is smallest: Newton steps whose penalised parabola coordinate descent solves, one
 * score after the other. Where the scores hang together, steps of one at a time zigzag along a ridge: each round is gone on with for as long as it goes down.
 *
 * @param loss of these columns, without a penalty of its own
 * @returns undefined where that takes more than 5,000 steps
 * @see Yuan, Ho, Lin (2012): An improved GLMNET for L1-regularized logistic regression
 */
export function sparseMinimum(loss: LogisticLoss, columns: Columns): Float64Array | undefined {
  const at = new Float64Array(loss.size);
  let value = objective(loss, at);
  for (let step = 0; step < maxSteps; step++) {
    const before = value;
    const from = at.slice();
    for (let score = 0; score < loss.scoreCount; score++) value = improve(loss, columns, at, score, value);
    if (before - value <= relativeTolerance * Math.abs(value)) return at;
    if (loss.scoreCount > 1) value = goOn(loss, at, from, value);
  }
  return undefined;
}

/** Moves the coefficients of one score. @returns the objective then */
function improve(loss: LogisticLoss, columns: Columns, at: Float64Array, score: number, value: number): number {
  const width = loss.design.width;
  const own = at.subarray(score * width, (score + 1) * width);
  const before = own.slice();
  const target = newtonTarget(loss, at, score);
  const residuals = target.residuals.slice();
  const coefficients = own.slice();
  descend({ columns, weights: target.weights, residuals, coefficients, strength: 1 });
  for (let share = 1; share > smallestShare; share /= 2) {
    for (let index = 0; index < width; index++) {
      const [from = 0, to = 0] = [before[index], coefficients[index]];
      // a whole step keeps the zeros that it made
      own[index] = share === 1 ? to : from + share * (to - from);
    }
    const lower = objective(loss, at);
    if (lower < value) return lower;
  }
  own.set(before);
  return value;
}

/** Moves the coefficients on in the direction that they came from, twice as far each time. @returns the objective then */
function goOn(loss: LogisticLoss, at: Float64Array, from: Float64Array, value: number): number {
  const direction = at.map((to, index) => to - (from[index] ?? 0));
  const base = at.slice();
  let lowest = value;
  for (let share = 1; ; share *= 2) {
    const further = base.map((coefficient, index) => coefficient + share * (direction[index] ?? 0));
    const lower = objective(loss, further);
    if (!(lower < lowest)) return lowest;
    lowest = lower;
    at.set(further);
  }
}

/** The parabola that touches the loss: weighted squares of what a step leaves of `residuals`. */
function newtonTarget(loss: LogisticLoss, at: Float64Array, score: number): { weights: Float64Array; residuals: Float64Array } {
  const { probabilities } = loss.told(loss.scores(at));
  // where the model is certain the parabola is flat, and a step would know no bounds
  const weights = loss.weights(probabilities, score);
  const most = weights.reduce((highest, weight) => Math.max(highest, weight), 0);
  for (let row = 0; row < weights.length; row++) weights[row] = Math.max(weights[row] ?? 0, most * 1e-8, Number.MIN_VALUE);
  const slopes = loss.residuals(probabilities, score);
  return { weights, residuals: slopes.map((slope, row) => -slope / (weights[row] ?? 1)) };
}

function objective(loss: LogisticLoss, at: Float64Array): number {
  const width = loss.design.width;
  const penalty = at.reduce((sum, weight, index) => sum + (index % width === 0 ? 0 : Math.abs(weight)), 0);
  return penalty + loss.told(loss.scores(at)).loss;
}
