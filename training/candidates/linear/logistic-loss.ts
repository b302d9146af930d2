import type { Design } from "./design.ts";
import { type Convex, fewForDirect, type Point } from "./newton.ts";

/** One vector of a number per row for each score: one score for two classes, one per class for more. */
export type Scores = Float64Array[];

/** The factors are 2 at most: the product of so many is far from overflowing. */
const rowsPerLogarithm = 64;

/**
 * What logistic regression minimises: 1/2 w·w + C * sum of the rows' negative log-likelihood, intercepts unpenalised. Coefficients stand
 * score after score, each intercept first. Two classes have one score (the sigmoid is the second one's probability), more have one each
 * (softmax).
 */
export class LogisticLoss implements Convex {
  readonly size: number;
  readonly design: Design;
  readonly scoreCount: number;
  readonly #labels: ArrayLike<number>;
  readonly #C: number;
  /** Of the L2 penalty. */
  readonly #penalty: number;

  constructor(design: Design, labels: ArrayLike<number>, classes: number, { C, penalty = 1 }: { C: number; penalty?: number }) {
    this.design = design;
    this.scoreCount = classes === 2 ? 1 : classes;
    this.size = design.width * this.scoreCount;
    this.#labels = labels;
    this.#C = C;
    this.#penalty = penalty;
  }

  at(coefficients: Float64Array): Point {
    const { loss, probabilities } = this.told(this.scores(coefficients));
    const value = this.#shrinkage(coefficients) + loss;
    const gradient = () => this.#penalised(coefficients, (score) => this.design.products(this.residuals(probabilities, score)));
    const curvature = (direction: Float64Array) => {
      const bent = this.#curvatureOfRows(probabilities, this.scores(direction));
      return this.#penalised(direction, (score) => this.design.products(bent[score] ?? new Float64Array()));
    };
    if (this.scoreCount > 1 || this.size > fewForDirect) return { value, gradient, curvature };
    return { value, gradient, curvature, hessian: () => this.design.gram(this.#penalty, this.weights(probabilities, 0)) };
  }

  scores(at: Float64Array): Scores {
    return Array.from({ length: this.scoreCount }, (_, score) => this.design.sums(this.#part(at, score)));
  }

  /** C times the negative log-likelihood, in nats, and what {@link probabilitiesOf} gives; the scores may be overwritten. */
  told(scores: Scores): { loss: number; probabilities: Scores } {
    const [only] = scores;
    if (scores.length === 1 && only !== undefined) return this.#toldOfTwo(only);
    const probabilities = probabilitiesOf(scores);
    let total = 0;
    for (let row = 0; row < this.#labels.length; row++) {
      const label = this.#labels[row] ?? 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (const score of scores) highest = Math.max(highest, score[row] ?? 0);
      let sum = 0;
      for (const score of scores) sum += Math.exp((score[row] ?? 0) - highest);
      total += highest + Math.log(sum) - (scores[label]?.[row] ?? 0);
    }
    return { loss: this.#C * total, probabilities };
  }

  /** The score of each row becomes the probability of the second class. */
  #toldOfTwo(scores: Float64Array): { loss: number; probabilities: Scores } {
    let total = 0;
    for (let start = 0; start < scores.length; start += rowsPerLogarithm) {
      const end = Math.min(start + rowsPerLogarithm, scores.length);
      // (1 + power) of all these rows multiplied, less 1: exact also where the powers are tiny
      let product = 0;
      for (let row = start; row < end; row++) {
        const score = scores[row] ?? 0;
        const power = Math.exp(-Math.abs(score));
        scores[row] = (score < 0 ? power : 1) / (1 + power);
        product += power + product * power;
        total += Math.max(0, this.#labels[row] === 1 ? -score : score);
      }
      total += Math.log1p(product);
    }
    return { loss: this.#C * total, probabilities: [scores] };
  }

  /** Derivative of the loss by one score, per row. */
  residuals(probabilities: Scores, score: number): Float64Array {
    const positive = this.scoreCount === 1 ? 1 : score;
    const told = probabilities[score] ?? new Float64Array();
    const residuals = new Float64Array(told.length);
    for (let row = 0; row < told.length; row++) residuals[row] = this.#C * ((told[row] ?? 0) - (this.#labels[row] === positive ? 1 : 0));
    return residuals;
  }

  /** Second derivative of the loss by one score, per row. */
  weights(probabilities: Scores, score: number): Float64Array {
    return (probabilities[score] ?? new Float64Array()).map((probability) => this.#C * probability * (1 - probability));
  }

  /** How the slope by each score changes in a direction, per row; the direction's scores are overwritten. */
  #curvatureOfRows(probabilities: Scores, direction: Scores): Scores {
    const rows = direction[0]?.length ?? 0;
    for (let row = 0; row < rows; row++) {
      let mean = 0;
      for (const [score, moved] of direction.entries()) mean += (probabilities[score]?.[row] ?? 0) * (moved[row] ?? 0);
      for (const [score, moved] of direction.entries()) {
        const probability = probabilities[score]?.[row] ?? 0;
        // one score stands for two classes: the other one's does not move
        moved[row] = this.#C * probability * ((moved[row] ?? 0) - mean);
      }
    }
    return direction;
  }

  /** What comes from the rows, and what the penalty adds to it. */
  #penalised(at: Float64Array, ofRows: (score: number) => Float64Array): Float64Array {
    const all = new Float64Array(this.size);
    const width = this.design.width;
    for (let score = 0; score < this.scoreCount; score++) all.set(ofRows(score), score * width);
    for (let index = 0; index < all.length; index++) {
      if (index % width !== 0) all[index] = (all[index] ?? 0) + this.#penalty * (at[index] ?? 0);
    }
    return all;
  }

  #shrinkage(at: Float64Array): number {
    const width = this.design.width;
    return (this.#penalty * at.reduce((sum, weight, index) => sum + (index % width === 0 ? 0 : weight * weight), 0)) / 2;
  }

  #part(at: Float64Array, score: number): Float64Array {
    return at.subarray(score * this.design.width, (score + 1) * this.design.width);
  }
}

/** Of one score: the second class's; of several: each one's. */
export function probabilitiesOf(scores: Scores): Scores {
  const [only] = scores;
  if (scores.length === 1 && only !== undefined) return [only.map((score) => 1 / (1 + Math.exp(-score)))];
  const rows = only?.length ?? 0;
  const probabilities = scores.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (const score of scores) highest = Math.max(highest, score[row] ?? 0);
    let sum = 0;
    for (const [index, score] of scores.entries()) {
      const power = Math.exp((score[row] ?? 0) - highest);
      sum += power;
      const column = probabilities[index];
      if (column) column[row] = power;
    }
    for (const column of probabilities) column[row] = (column[row] ?? 0) / sum;
  }
  return probabilities;
}
