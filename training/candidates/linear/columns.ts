import type { InputMatrix } from "../input-matrix.ts";
import type { Standardisation } from "../standardisation.ts";

/** Standardised inputs by column, the first of them 1 in every row: its coefficient is the intercept. */
export type Columns = Float64Array[];

export function standardisedColumns({ rows, columns, values }: InputMatrix, { means, scales }: Standardisation): Columns {
  const all: Columns = [new Float64Array(rows).fill(1)];
  for (let column = 0; column < columns; column++) {
    const [mean = 0, scale = 1] = [means[column], scales[column]];
    const numbers = new Float64Array(rows);
    for (let row = 0; row < rows; row++) numbers[row] = ((values[row * columns + column] ?? 0) - mean) / scale;
    all.push(numbers);
  }
  return all;
}

/** Every so-and-so-many-th row. */
export function everyNth(columns: Columns, step: number): Columns {
  return columns.map((column) => column.filter((_, row) => row % step === 0));
}

export function dot(a: Float64Array, b: Float64Array): number {
  // four sums at once do not wait for each other
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let index = 0; index < whole; index += 4) {
    first += (a[index] ?? 0) * (b[index] ?? 0);
    second += (a[index + 1] ?? 0) * (b[index + 1] ?? 0);
    third += (a[index + 2] ?? 0) * (b[index + 2] ?? 0);
    fourth += (a[index + 3] ?? 0) * (b[index + 3] ?? 0);
  }
  for (let index = whole; index < a.length; index++) first += (a[index] ?? 0) * (b[index] ?? 0);
  return first + second + third + fourth;
}

/** Adds a multiple of one vector to another one, in place. */
export function addMultiple(to: Float64Array, factor: number, vector: Float64Array): void {
  if (factor === 0) return;
  for (let index = 0; index < to.length; index++) to[index] = (to[index] ?? 0) + factor * (vector[index] ?? 0);
}

/** Each row's sum of coefficient times input. */
export function weightedSums(columns: Columns, coefficients: Float64Array): Float64Array {
  const sums = new Float64Array(columns[0]?.length ?? 0);
  for (const [index, column] of columns.entries()) addMultiple(sums, coefficients[index] ?? 0, column);
  return sums;
}

/** Each column's product with a vector of one number per row. */
export function products(columns: Columns, perRow: Float64Array): Float64Array {
  return Float64Array.from(columns, (column) => dot(column, perRow));
}

/** So many rows of some twenty columns stay in a processor's cache while each column is multiplied with each. */
const rowsAtOnce = 1024;

/**
 * Products of each column with each, size x size, row after row.
 *
 * @param penalty added to the diagonal, but not to the intercept's
 * @param weights one per row; 1 where they are left out
 */
export function gram(columns: Columns, penalty: number, weights?: Float64Array): Float64Array {
  const size = columns.length;
  const rows = columns[0]?.length ?? 0;
  const matrix = new Float64Array(size * size);
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const part = columns.map((column) => column.subarray(start, start + rowsAtOnce));
    const partWeights = weights?.subarray(start, start + rowsAtOnce);
    for (const [i, column] of part.entries()) {
      const weighted = partWeights === undefined ? column : multiplied(column, partWeights);
      for (let j = i; j < size; j++) matrix[i * size + j] = (matrix[i * size + j] ?? 0) + dot(weighted, part[j] ?? weighted);
    }
  }
  for (let i = 0; i < size; i++) {
    if (i > 0) matrix[i * size + i] = (matrix[i * size + i] ?? 0) + penalty;
    for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i] ?? 0;
  }
  return matrix;
}

/** Number by number. */
export function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  const products = new Float64Array(a.length);
  for (let index = 0; index < products.length; index++) products[index] = (a[index] ?? 0) * (b[index] ?? 0);
  return products;
}
