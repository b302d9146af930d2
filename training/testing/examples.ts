import type { Examples } from "../candidates/candidate.ts";
import { inputMatrix } from "../candidates/input-matrix.ts";

/** Examples of as many classes as the labels have. */
export function classified(points: number[][], labels: number[]): Examples {
  return { inputs: inputMatrix(points), categorical: [], labels, classes: new Set(labels).size };
}

/** Examples of a regression. */
export function measured(points: number[][], labels: number[]): Examples {
  return { inputs: inputMatrix(points), categorical: [], labels, classes: 0 };
}
