/** Some columns of a design, the intercept's among them, kept as numbers of which `factor * number` is what the design holds, but for its centre. */
export interface DenseColumns {
  rows: DenseRows;
  /** The design's column that each one is, ascending, from the intercept's on. */
  places: number[];
  factors: Float64Array;
}

/** So many rows stay in the nearest cache; and what is called often is compiled soon. A multiple of four. */
const rowsOfBlock = 256;

/** Rows next to each other, a multiple of four. */
interface Block {
  from: number;
  rows: number;
  values: Float64Array;
}

/**
 * Numbers row after row, a column of ones before them, which is not written down. They are multiplied four rows at once: what belongs to a
 * column is then read and written a quarter as often, and four sums do not wait for each other.
 */
export class DenseRows {
  readonly rows: number;
  /** The ones' among them. */
  readonly columns: number;
  readonly #values: Float64Array;
  readonly #blocks: Block[];

  /** @param values one row of `inputs` numbers after the other; they are not copied, and must stay as they are */
  constructor(rows: number, inputs: number, values: Float64Array) {
    this.rows = rows;
    this.columns = inputs + 1;
    this.#values = values;
    const whole = rows - (rows % 4);
    this.#blocks = Array.from({ length: Math.ceil(whole / rowsOfBlock) }, (_, block) => {
      const from = block * rowsOfBlock;
      const to = Math.min(from + rowsOfBlock, whole);
      return { from, rows: to - from, values: values.subarray(from * inputs, to * inputs) };
    });
    if (whole < rows) this.#blocks.push({ from: whole, rows: 4, values: padded(values, whole * inputs, 4 * inputs) });
  }

  at(row: number, column: number): number {
    return column === 0 ? 1 : (this.#values[row * (this.columns - 1) + column - 1] ?? 0);
  }

  everyNth(step: number): DenseRows {
    const inputs = this.columns - 1;
    const rows = Math.ceil(this.rows / step);
    const values = new Float64Array(rows * inputs);
    for (let row = 0, to = 0; row < rows; row++) {
      for (let input = 0, from = row * step * inputs; input < inputs; input++, from++, to++) values[to] = this.#values[from] ?? 0;
    }
    return new DenseRows(rows, inputs, values);
  }

  /** Each row's sum of coefficient times number. */
  sums(coefficients: Float64Array): Float64Array {
    const sums = new Float64Array(Math.ceil(this.rows / 4) * 4);
    for (const { from, rows, values } of this.#blocks) writeSums(sums.subarray(from, from + rows), values, coefficients);
    return sums.subarray(0, this.rows);
  }

  /** Each column's product with a vector of one number per row. */
  products(perRow: Float64Array): Float64Array {
    const products = new Float64Array(this.columns);
    for (const { from, rows, values } of this.#blocks) addProducts(products, values, padded(perRow, from, rows));
    return products;
  }

  /** Products of each column with itself and those behind it, each row weighed: columns x columns, row after row, 0 below the diagonal. */
  gram(weights: Float64Array): Float64Array {
    const products = new Float64Array(this.columns ** 2);
    for (const { from, rows, values } of this.#blocks) addGram(products, values, padded(weights, from, rows), this.columns);
    return products;
  }

  /** Of each column but the ones' the sum of its squared distances from a number, and in how many rows it is not 0. */
  spread(around: Float64Array): { squares: Float64Array; others: Int32Array } {
    const squares = new Float64Array(around.length);
    const others = new Int32Array(around.length);
    for (let row = 0; row < this.rows; row += rowsOfBlock) {
      const block = this.#values.subarray(row * around.length, Math.min(row + rowsOfBlock, this.rows) * around.length);
      addSpread(squares, others, block, around);
    }
    return { squares, others };
  }
}

/** So many from some place on, 0 behind the end: a loop that reads past the end of an array takes twice as long. */
function padded(numbers: Float64Array, from: number, count: number): Float64Array {
  const some = numbers.subarray(from, from + count);
  if (some.length === count) return some;
  const filled = new Float64Array(count);
  filled.set(some);
  return filled;
}

function writeSums(sums: Float64Array, values: Float64Array, coefficients: Float64Array): void {
  const inputs = coefficients.length - 1;
  const [intercept = 0] = coefficients;
  for (let row = 0, start = 0; row < sums.length; row += 4, start += 4 * inputs) {
    let [first, second, third, fourth] = [intercept, intercept, intercept, intercept];
    for (let input = 0, at = start; input < inputs; input++, at++) {
      const coefficient = coefficients[input + 1] ?? 0;
      first += coefficient * (values[at] ?? 0);
      second += coefficient * (values[at + inputs] ?? 0);
      third += coefficient * (values[at + 2 * inputs] ?? 0);
      fourth += coefficient * (values[at + 3 * inputs] ?? 0);
    }
    sums[row] = first;
    sums[row + 1] = second;
    sums[row + 2] = third;
    sums[row + 3] = fourth;
  }
}

function addProducts(products: Float64Array, values: Float64Array, perRow: Float64Array): void {
  const inputs = products.length - 1;
  for (let row = 0, start = 0; row < perRow.length; row += 4, start += 4 * inputs) {
    const first = perRow[row] ?? 0;
    const second = perRow[row + 1] ?? 0;
    const third = perRow[row + 2] ?? 0;
    const fourth = perRow[row + 3] ?? 0;
    products[0] = (products[0] ?? 0) + first + second + third + fourth;
    for (let input = 0, at = start; input < inputs; input++, at++) {
      products[input + 1] =
        (products[input + 1] ?? 0) +
        first * (values[at] ?? 0) +
        second * (values[at + inputs] ?? 0) +
        third * (values[at + 2 * inputs] ?? 0) +
        fourth * (values[at + 3 * inputs] ?? 0);
    }
  }
}

function addGram(products: Float64Array, values: Float64Array, weights: Float64Array, columns: number): void {
  const inputs = columns - 1;
  addProducts(products.subarray(0, columns), values, weights);
  for (let row = 0, start = 0; row < weights.length; row += 4, start += 4 * inputs) {
    for (let own = 1, at = start; own < columns; own++, at++) {
      const first = (weights[row] ?? 0) * (values[at] ?? 0);
      const second = (weights[row + 1] ?? 0) * (values[at + inputs] ?? 0);
      const third = (weights[row + 2] ?? 0) * (values[at + 2 * inputs] ?? 0);
      const fourth = (weights[row + 3] ?? 0) * (values[at + 3 * inputs] ?? 0);
      const end = start + inputs;
      for (let other = at, to = own * columns + own; other < end; other++, to++) {
        products[to] =
          (products[to] ?? 0) +
          first * (values[other] ?? 0) +
          second * (values[other + inputs] ?? 0) +
          third * (values[other + 2 * inputs] ?? 0) +
          fourth * (values[other + 3 * inputs] ?? 0);
      }
    }
  }
}

function addSpread(squares: Float64Array, others: Int32Array, values: Float64Array, around: Float64Array): void {
  const columns = squares.length;
  for (let column = 0; column < columns; column++) {
    const middle = around[column] ?? 0;
    let [sum, count] = [0, 0];
    for (let at = column; at < values.length; at += columns) {
      const value = values[at] ?? 0;
      const distance = value - middle;
      sum += distance * distance;
      if (value !== 0) count += 1;
    }
    squares[column] = (squares[column] ?? 0) + sum;
    others[column] = (others[column] ?? 0) + count;
  }
}
