/** A linear model's inputs by column. */
export type Columns = Float64Array[];

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

/** Number by number. */
export function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  const products = new Float64Array(a.length);
  for (let index = 0; index < products.length; index++) products[index] = (a[index] ?? 0) * (b[index] ?? 0);
  return products;
}
