import { addMultiple, dot } from "./columns.ts";
import type { Design } from "./design.ts";
import { type Convex, fewForDirect, type Point } from "./newton.ts";

/** 1/2 * sum of squared errors + 1/2 * penalty * w·w, the intercept unpenalised. */
export class SquaredLoss implements Convex {
  readonly size: number;
  readonly #design: Design;
  readonly #target: Float64Array;
  readonly #penalty: number;

  constructor(design: Design, target: Float64Array, penalty: number) {
    this.size = design.width;
    this.#design = design;
    this.#target = target;
    this.#penalty = penalty;
  }

  at(coefficients: Float64Array): Point {
    const errors = this.#errors(coefficients);
    const weights = coefficients.subarray(1);
    const value = (dot(errors, errors) + this.#penalty * dot(weights, weights)) / 2;
    const penalised = (direction: Float64Array, ofRows: Float64Array) => {
      addMultiple(ofRows.subarray(1), this.#penalty, direction.subarray(1));
      return ofRows;
    };
    const gradient = () => penalised(coefficients, this.#design.products(errors));
    const curvature = (direction: Float64Array) => penalised(direction, this.#design.products(this.#design.sums(direction)));
    if (this.size > fewForDirect) return { value, gradient, curvature };
    return { value, gradient, curvature, hessian: () => this.#design.gram(this.#penalty) };
  }

  #errors(at: Float64Array): Float64Array {
    const errors = this.#design.sums(at);
    addMultiple(errors, -1, this.#target);
    return errors;
  }
}
