/** A linear model's inputs by column. */
export type Columns = Float64Array[];

/** Every so-and-so-many-th row. */
export function everyNth(columns: Columns, step: number): Columns {
  return columns.map((column) => {
    const some = new Float64Array(Math.ceil(column.length / step));
    for (let row = 0; row < some.length; row++) some[row] = column[row * step] ?? 0;
    return some;
  });
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
  const whole = columns.length - (columns.length % 4);
  // four columns at once: the sums are read and written a quarter as often
  for (let index = 0; index < whole; index += 4) {
    const [a = sums, b = sums, c = sums, d = sums] = columns.slice(index, index + 4);
    const [ofA = 0, ofB = 0, ofC = 0, ofD = 0] = coefficients.subarray(index, index + 4);
    for (let row = 0; row < sums.length; row++)
      sums[row] = (sums[row] ?? 0) + ofA * (a[row] ?? 0) + ofB * (b[row] ?? 0) + ofC * (c[row] ?? 0) + ofD * (d[row] ?? 0);
  }
  for (let index = whole; index < columns.length; index++) addMultiple(sums, coefficients[index] ?? 0, columns[index] ?? sums);
  return sums;
}

/** Adds the products of a vector with each column from some column on to numbers from some place on, four columns in one pass over the vector. */
export function addProducts(to: Float64Array, place: number, columns: Columns, from: number, perRow: Float64Array): void {
  let column = from;
  for (; column + 4 <= columns.length; column += 4) {
    const [a, b, c, d] = [columns[column], columns[column + 1], columns[column + 2], columns[column + 3]];
    if (a === undefined || b === undefined || c === undefined || d === undefined) break;
    let [ofA, ofB, ofC, ofD] = [0, 0, 0, 0];
    for (let row = 0; row < perRow.length; row++) {
      const number = perRow[row] ?? 0;
      ofA += number * (a[row] ?? 0);
      ofB += number * (b[row] ?? 0);
      ofC += number * (c[row] ?? 0);
      ofD += number * (d[row] ?? 0);
    }
    const at = place + column - from;
    to[at] = (to[at] ?? 0) + ofA;
    to[at + 1] = (to[at + 1] ?? 0) + ofB;
    to[at + 2] = (to[at + 2] ?? 0) + ofC;
    to[at + 3] = (to[at + 3] ?? 0) + ofD;
  }
  for (; column < columns.length; column++) {
    const at = place + column - from;
    to[at] = (to[at] ?? 0) + dot(columns[column] ?? perRow, perRow);
  }
}

/** Number by number. */
export function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  const products = new Float64Array(a.length);
  for (let index = 0; index < products.length; index++) products[index] = (a[index] ?? 0) * (b[index] ?? 0);
  return products;
}
