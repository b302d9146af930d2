import { Matrix, solve } from "ml-matrix";
import { addMultiple, dot } from "./columns.ts";

/** A convex function of so many numbers, twice differentiable. */
export interface Convex {
  size: number;
  value(at: Float64Array): number;
  derivatives(at: Float64Array): {
    gradient: Float64Array;
    /** The second derivative times a direction. */
    curvature(direction: Float64Array): Float64Array;
    /** The second derivative itself, size x size, row after row; absent where it cannot be solved for directly. */
    hessian?: () => Float64Array;
  };
}

/** Up to this many coefficients the second derivative is worth to be built and solved for directly. */
export const fewForDirect = 300;

const maxSteps = 100;
/** The search ends when another step could lower the value by less than this share of it. */
const relativeTolerance = 1e-14;
/** Of a Newton step; below it rounding decides whether the value goes down. */
const smallestShare = 1e-10;

/**
 * Where a convex function is smallest, by Newton's method: each step is solved for directly where the function offers its second
 * derivative and by conjugate gradients elsewhere.
 *
 * @returns undefined where that takes more than 100 steps
 * @see Nocedal and Wright: Numerical Optimization (2006), 3.3 and 7.1
 */
export function minimum(convex: Convex, start: Float64Array = new Float64Array(convex.size)): Float64Array | undefined {
  let current = start;
  let value = convex.value(current);
  for (let taken = 0; taken < maxSteps; taken++) {
    const { gradient, curvature, hessian } = convex.derivatives(current);
    const step = hessian ? solved(hessian(), gradient) : conjugateGradients(curvature, gradient);
    const from = current;
    const after = (share: number) => {
      const next = from.slice();
      addMultiple(next, -share, step);
      return next;
    };
    if (dot(gradient, step) / 2 <= relativeTolerance * Math.abs(value)) return after(1);
    // far from the minimum a full step may overshoot: halve it until it goes down
    let share = 1;
    let next = after(share);
    let lower = convex.value(next);
    while (!(lower < value) && share > smallestShare) {
      share /= 2;
      next = after(share);
      lower = convex.value(next);
    }
    if (!(lower < value)) return current;
    [current, value] = [next, lower];
  }
  return undefined;
}

function solved(hessian: Float64Array, gradient: Float64Array): Float64Array {
  const size = gradient.length;
  const matrix = Matrix.from1DArray(size, size, hessian);
  return Float64Array.from(solve(matrix, Matrix.columnVector(gradient)).to1DArray());
}

/** Solves curvature(x) = gradient as closely as a Newton step is worth: the flatter the slope, the closer. */
function conjugateGradients(curvature: (direction: Float64Array) => Float64Array, gradient: Float64Array): Float64Array {
  const solution = new Float64Array(gradient.length);
  const residual = gradient.slice();
  let direction = gradient.slice();
  let square = dot(residual, residual);
  const enough = square * Math.min(1e-2, square) * 1e-2;
  for (let iteration = 0; iteration < 2 * gradient.length + 10 && square > enough; iteration++) {
    const curved = curvature(direction);
    const bend = dot(direction, curved);
    if (!(bend > 0)) break;
    addMultiple(solution, square / bend, direction);
    addMultiple(residual, -square / bend, curved);
    const next = dot(residual, residual);
    const onward = residual.slice();
    addMultiple(onward, next / square, direction);
    direction = onward;
    square = next;
  }
  return solution;
}
