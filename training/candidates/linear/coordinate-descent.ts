import { addMultiple, type Columns, dot, multiplied } from "./columns.ts";

/** 1/2 * sum of weight * residual^2 + strength * sum of |coefficient|, the first coefficient unpenalised. */
export interface PenalisedSquares {
  columns: Columns;
  /** One per row. */
  weights: Float64Array;
  /** What the coefficients leave of each row's target. */
  residuals: Float64Array;
  coefficients: Float64Array;
  strength: number;
}

const maxSweeps = 10_000;
/** A sweep that lowers no coefficient's part of the objective by more than this share of its start is the last. */
const relativeTolerance = 1e-20;

/**
 * Moves the coefficients to where the objective is smallest, one after the other, and the residuals along, in place. Those that are not 0
 * are swept until they rest, then all of them, until all rest.
 *
 * @returns whether they came to rest
 * @see Friedman, Hastie, Tibshirani (2010): Regularization paths for generalized linear models via coordinate descent
 */
export function descend({ columns, weights, residuals, coefficients, strength }: PenalisedSquares): boolean {
  const weighted = columns.map((column) => multiplied(column, weights));
  const norms = columns.map((column, index) => dot(column, weighted[index] ?? column));
  const enough =
    relativeTolerance *
    dot(
      residuals,
      residuals.map((residual, row) => residual * (weights[row] ?? 0)),
    );
  const sweep = (onlyActive: boolean): number => {
    let largest = 0;
    for (const [index, column] of columns.entries()) {
      const [before = 0, norm = 0] = [coefficients[index], norms[index]];
      if (norm === 0 || (onlyActive && before === 0 && index > 0)) continue;
      const pull = dot(weighted[index] ?? column, residuals) + norm * before;
      const after = (index === 0 ? pull : shrunk(pull, strength)) / norm;
      if (after === before) continue;
      addMultiple(residuals, before - after, column);
      coefficients[index] = after;
      largest = Math.max(largest, norm * (after - before) ** 2);
    }
    return largest;
  };
  for (let sweeps = 0; sweeps < maxSweeps; sweeps++) {
    if (sweep(false) <= enough) return true;
    while (sweeps++ < maxSweeps && sweep(true) > enough);
  }
  return false;
}

function shrunk(value: number, by: number): number {
  return Math.sign(value) * Math.max(0, Math.abs(value) - by);
}
