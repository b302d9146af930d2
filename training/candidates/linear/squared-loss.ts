import { addMultiple, type Columns, dot, gram, products, weightedSums } from "./columns.ts";
import { type Convex, fewForDirect } from "./newton.ts";

/** 1/2 * sum of squared errors + 1/2 * penalty * w·w, the intercept unpenalised. */
export class SquaredLoss implements Convex {
  readonly size: number;
  readonly #columns: Columns;
  readonly #target: Float64Array;
  readonly #penalty: number;

  constructor(columns: Columns, target: Float64Array, penalty: number) {
    this.size = columns.length;
    this.#columns = columns;
    this.#target = target;
    this.#penalty = penalty;
  }

  value(at: Float64Array): number {
    const errors = this.#errors(at);
    const weights = at.subarray(1);
    return (dot(errors, errors) + this.#penalty * dot(weights, weights)) / 2;
  }

  derivatives(at: Float64Array) {
    const penalised = (direction: Float64Array, ofRows: Float64Array) => {
      addMultiple(ofRows.subarray(1), this.#penalty, direction.subarray(1));
      return ofRows;
    };
    const gradient = penalised(at, products(this.#columns, this.#errors(at)));
    const curvature = (direction: Float64Array) => penalised(direction, products(this.#columns, weightedSums(this.#columns, direction)));
    return this.size > fewForDirect ? { gradient, curvature } : { gradient, curvature, hessian: () => gram(this.#columns, this.#penalty) };
  }

  #errors(at: Float64Array): Float64Array {
    const errors = weightedSums(this.#columns, at);
    addMultiple(errors, -1, this.#target);
    return errors;
  }
}
