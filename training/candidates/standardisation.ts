/** Of each column of some rows. */
export interface Standardisation {
  means: number[];
  /** Standard deviations of the population; 1 for a column that is constant. */
  scales: number[];
}

/** Deviations below this share of the mean are rounding, not variation. */
const constantBelow = 1e-14;

/** The smallest 32-bit float that every runtime tells from 0. */
const smallestNormal = 2 ** -126;

export function meanAndScale(values: ArrayLike<number>): { mean: number; scale: number } {
  const { mean, variance } = moments(values);
  return { mean, scale: scaleOf(mean, variance) };
}

/** The standard deviation; 1 where values do not vary. */
export function scaleOf(mean: number, variance: number): number {
  return deviationOf(mean, variance) || 1;
}

/** The standard deviation; 0 where values vary by no more than rounding does. */
export function deviationOf(mean: number, variance: number): number {
  const deviation = Math.sqrt(variance);
  return deviation > constantBelow * Math.abs(mean) && deviation >= smallestNormal ? deviation : 0;
}

/** NaN of no values. */
export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  // one kind of array: a loop over several kinds takes ten times as long
  const numbers = values instanceof Float64Array ? values : Float64Array.from(values);
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index] ?? 0;
  const mean = sum / numbers.length;
  let squares = 0;
  for (let index = 0; index < numbers.length; index++) squares += ((numbers[index] ?? 0) - mean) ** 2;
  return { mean, variance: squares / numbers.length };
}
