/**
 * Numbers row after row, multiplied four rows at once: what belongs to a column is then read and written a quarter as often, and four
 * sums do not wait for each other.
 */
export class DenseRows {
  readonly rows: number;
  readonly columns: number;
  /** All 0 to begin with. Behind the last row stand rows of 0 that make their number a multiple of four. */
  readonly values: Float64Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.values = new Float64Array(Math.ceil(rows / 4) * 4 * columns);
  }

  /** Each row's sum of coefficient times number. */
  sums(coefficients: Float64Array): Float64Array {
    const { rows, columns, values } = this;
    const sums = new Float64Array(Math.ceil(rows / 4) * 4);
    for (let row = 0; row < rows; row += 4) {
      let [first, second, third, fourth] = [0, 0, 0, 0];
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        const coefficient = coefficients[column] ?? 0;
        first += coefficient * (values[at] ?? 0);
        second += coefficient * (values[at + columns] ?? 0);
        third += coefficient * (values[at + 2 * columns] ?? 0);
        fourth += coefficient * (values[at + 3 * columns] ?? 0);
      }
      sums[row] = first;
      sums[row + 1] = second;
      sums[row + 2] = third;
      sums[row + 3] = fourth;
    }
    return sums.subarray(0, rows);
  }

  /** Each column's product with a vector of one number per row. */
  products(perRow: Float64Array): Float64Array {
    const products = new Float64Array(this.columns);
    for (let row = 0; row < this.rows; row += 4)
      this.#addFour(products, 0, row, 0, perRow[row] ?? 0, perRow[row + 1] ?? 0, perRow[row + 2] ?? 0, perRow[row + 3] ?? 0);
    return products;
  }

  /** Products of each column with itself and those behind it, each row weighed: columns x columns, row after row, 0 below the diagonal. */
  gram(weights: Float64Array): Float64Array {
    const { rows, columns, values } = this;
    const products = new Float64Array(columns * columns);
    for (let row = 0; row < rows; row += 4) {
      for (let column = 0, at = row * columns; column < columns; column++, at++) {
        const first = (weights[row] ?? 0) * (values[at] ?? 0);
        const second = (weights[row + 1] ?? 0) * (values[at + columns] ?? 0);
        const third = (weights[row + 2] ?? 0) * (values[at + 2 * columns] ?? 0);
        const fourth = (weights[row + 3] ?? 0) * (values[at + 3 * columns] ?? 0);
        this.#addFour(products, column * columns, row, column, first, second, third, fourth);
      }
    }
    return products;
  }

  /** Adds a multiple of each of four rows, from some column on, to the numbers from some place on. */
  #addFour(to: Float64Array, place: number, row: number, from: number, first: number, second: number, third: number, fourth: number): void {
    const { columns, values } = this;
    for (let column = from, at = row * columns + from; column < columns; column++, at++) {
      to[place + column] =
        (to[place + column] ?? 0) +
        first * (values[at] ?? 0) +
        second * (values[at + columns] ?? 0) +
        third * (values[at + 2 * columns] ?? 0) +
        fourth * (values[at + 3 * columns] ?? 0);
    }
  }
}
