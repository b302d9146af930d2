import { LuDecomposition, Matrix } from "ml-matrix";
import { addMultiple, dot } from "./columns.ts";

/** A convex function of so many numbers, twice differentiable. */
export interface Convex {
  size: number;
  at(coefficients: Float64Array): Point;
}

/** What a convex function is at some place. */
export interface Point {
  value: number;
  gradient(): Float64Array;
  /** The second derivative times a direction. */
  curvature(direction: Float64Array): Float64Array;
  /** The second derivative itself, size x size, row after row; absent where it cannot be solved for directly. */
  hessian?: () => Float64Array;
}

/** Up to this many coefficients the second derivative is worth to be built and solved for directly. */
export const fewForDirect = 300;

const maxSteps = 100;
/** When a step could lower the value by less than this share of it, rounding decides whether the value goes down. */
const relativeTolerance = 1e-14;
/** The search ends when the step after it could lower the value by less than this share of it. */
const negligible = 1e-18;
/** A second derivative serves for further steps as long as each brings the minimum ten times nearer: what there is to gain falls with the square. */
const worthwhileRate = 1e-2;
/** A step pays where the value falls by this share of what the slope promises; a parabola's minimum lies where half of it is kept. */
const leastOfSlope = 0.25;
/** A direction that bends by less than this share of another one's bend does so by rounding. */
const flat = 1e-14;
/** Of a Newton step; below it rounding decides whether the value goes down. */
const smallestShare = 1e-10;

/**
 * Finds where a convex function is smallest, by Newton's method: each step is solved for directly where the function offers its second
 * derivative and by conjugate gradients elsewhere. A second derivative is built and solved anew only where the last one leads too slowly,
 * be it that of a former place or of another function: one that is nearly the same, of a sample of the rows, say.
 *
 * @see Nocedal and Wright: Numerical Optimization (2006), 3.3 and 7.1
 */
export class Newton {
  #solve: ((gradient: Float64Array) => Float64Array) | undefined;

  /** @returns undefined where that takes more than 100 steps */
  minimum(convex: Convex, start: Float64Array = new Float64Array(convex.size)): Float64Array | undefined {
    let current = start;
    let point = convex.at(current);
    let gainBefore: number | undefined;
    for (let taken = 0; taken < maxSteps; taken++) {
      const { step, gain, left, isReused } = this.#stepFrom(point, gainBefore);
      gainBefore = gain;
      const from = current;
      const after = (share: number) => {
        const next = from.slice();
        addMultiple(next, -share, step);
        return next;
      };
      if (gain <= relativeTolerance * Math.abs(point.value)) {
        current = after(1);
        if (left <= negligible * Math.abs(point.value)) return current;
        point = convex.at(current);
        continue;
      }
      let share = 1;
      let next = after(share);
      let there = convex.at(next);
      const pays = () => point.value - there.value >= leastOfSlope * share * 2 * gain;
      if (isReused && !pays()) {
        this.#solve = undefined;
        continue;
      }
      // far from the minimum a full step may overshoot, and steps from one slope to the other come down slowly: halve it until it pays
      while (!pays() && share > smallestShare) {
        share /= 2;
        next = after(share);
        there = convex.at(next);
      }
      if (!pays()) return current;
      [current, point] = [next, there];
    }
    return undefined;
  }

  #stepFrom(point: Point, gainBefore: number | undefined): Step {
    const gradient = point.gradient();
    const gainOf = (step: Float64Array) => dot(gradient, step) / 2;
    if (point.hessian === undefined) {
      const step = conjugateGradients((direction) => point.curvature(direction), gradient);
      return { step, gain: gainOf(step), left: 0, isReused: false };
    }
    if (this.#solve !== undefined) {
      const step = this.#solve(gradient);
      const gain = gainOf(step);
      if (gainBefore === undefined) return { step, gain, left: gain, isReused: true };
      const rate = gain / gainBefore;
      if (rate <= worthwhileRate) return { step, gain, left: gain * rate, isReused: true };
    }
    const parts = decomposed(point.hessian());
    this.#solve = (slope) => Float64Array.from(parts.solve(Matrix.columnVector(slope)).to1DArray());
    const step = this.#solve(gradient);
    return { step, gain: gainOf(step), left: 0, isReused: false };
  }
}

interface Step {
  step: Float64Array;
  /** By how much the value falls where the function is the parabola that the step takes it for. */
  gain: number;
  /** What the step after it may be expected to gain. */
  left: number;
  /** By a second derivative of somewhere else. */
  isReused: boolean;
}

function decomposed(hessian: Float64Array): LuDecomposition {
  const size = Math.sqrt(hessian.length);
  return new LuDecomposition(Matrix.from1DArray(size, size, hessian));
}

/** Solves curvature(x) = gradient as closely as a Newton step is worth: the flatter the slope, the closer. */
function conjugateGradients(curvature: (direction: Float64Array) => Float64Array, gradient: Float64Array): Float64Array {
  const solution = new Float64Array(gradient.length);
  const residual = gradient.slice();
  let direction = gradient.slice();
  let square = dot(residual, residual);
  const enough = square * Math.min(1e-2, square) * 1e-2;
  let steepest = 0;
  for (let iteration = 0; iteration < 2 * gradient.length + 10 && square > enough; iteration++) {
    const curved = curvature(direction);
    const bend = dot(direction, curved);
    const length = dot(direction, direction);
    steepest = Math.max(steepest, bend / length);
    // where all intercepts move by the same nothing bends but by rounding, and a step would know no bounds
    if (!(bend > flat * steepest * length)) break;
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
