import type { InputMatrix } from "../input-matrix.ts";
import type { Columns } from "./columns.ts";
import type { DenseColumns } from "./dense-rows.ts";

/** Some columns of a design, of which only the numbers are kept that are not 0. */
export class SparseRows {
  readonly rows: number;
  /** Of each row the index of its first entry; one more at the end. */
  readonly #starts: Int32Array;
  /** The column of each entry, ascending within a row. */
  readonly #places: Int32Array;
  readonly #values: Float64Array;
  /** As many rows as have to be gone through: none where there are no entries. */
  readonly #filled: number;

  private constructor(starts: Int32Array, places: Int32Array, values: Float64Array) {
    this.rows = starts.length - 1;
    this.#starts = starts;
    this.#places = places;
    this.#values = values;
    this.#filled = values.length > 0 ? this.rows : 0;
  }

  /**
   * @param columns of the inputs; each is the design's column behind it
   * @param factors of all the inputs' columns
   */
  static of({ rows, columns: stride, values }: InputMatrix, columns: number[], factors: number[]): SparseRows {
    const starts = new Int32Array(rows + 1);
    for (let row = 0; columns.length > 0 && row < rows; row++) {
      let entries = starts[row] ?? 0;
      for (const column of columns) if (values[row * stride + column] !== 0) entries += 1;
      starts[row + 1] = entries;
    }
    const sparse = new SparseRows(starts, new Int32Array(starts[rows] ?? 0), new Float64Array(starts[rows] ?? 0));
    let entry = 0;
    for (let row = 0; entry < sparse.#values.length; row++) {
      for (const column of columns) {
        const value = values[row * stride + column] ?? 0;
        if (value === 0) continue;
        sparse.#places[entry] = column + 1;
        sparse.#values[entry] = value * (factors[column] ?? 0);
        entry += 1;
      }
    }
    return sparse;
  }

  everyNth(step: number): SparseRows {
    const [starts, places, values] = [[0], [] as number[], [] as number[]];
    for (let row = 0; row < this.rows; row += step) {
      const [start, end] = this.#entries(row);
      for (let entry = start; entry < end; entry++) {
        places.push(this.#places[entry] ?? 0);
        values.push(this.#values[entry] ?? 0);
      }
      starts.push(places.length);
    }
    return new SparseRows(Int32Array.from(starts), Int32Array.from(places), Float64Array.from(values));
  }

  /** Adds each number to its column. */
  addTo(columns: Columns): void {
    for (let row = 0; row < this.#filled; row++) {
      const [start, end] = this.#entries(row);
      for (let entry = start; entry < end; entry++) {
        const column = columns[this.#places[entry] ?? 0];
        if (column) column[row] = (column[row] ?? 0) + (this.#values[entry] ?? 0);
      }
    }
  }

  /** Adds each row's sum of coefficient times number. */
  addSums(sums: Float64Array, coefficients: Float64Array): void {
    for (let row = 0; row < this.#filled; row++) {
      const [start, end] = this.#entries(row);
      let sum = sums[row] ?? 0;
      for (let entry = start; entry < end; entry++) sum += (this.#values[entry] ?? 0) * (coefficients[this.#places[entry] ?? 0] ?? 0);
      sums[row] = sum;
    }
  }

  /** Adds each column's product with a vector of one number per row. */
  addProducts(products: Float64Array, perRow: Float64Array): void {
    for (let row = 0; row < this.#filled; row++) {
      const number = perRow[row] ?? 0;
      const [start, end] = this.#entries(row);
      for (let entry = start; entry < end; entry++) {
        const place = this.#places[entry] ?? 0;
        products[place] = (products[place] ?? 0) + (this.#values[entry] ?? 0) * number;
      }
    }
  }

  /**
   * Adds the products of each column with each, and with the dense ones, each row weighed.
   *
   * @param matrix width x width, row after row; only what is above the diagonal
   */
  addGram(matrix: Float64Array, width: number, weights: Float64Array, dense: DenseColumns): void {
    const { rows, places, factors } = dense;
    for (let row = 0; row < this.#filled; row++) {
      const [start, end] = this.#entries(row);
      for (let entry = start; entry < end; entry++) {
        const weighted = (weights[row] ?? 0) * (this.#values[entry] ?? 0);
        const own = this.#places[entry] ?? 0;
        for (let other = entry; other < end; other++) {
          const at = own * width + (this.#places[other] ?? 0);
          matrix[at] = (matrix[at] ?? 0) + weighted * (this.#values[other] ?? 0);
        }
        for (let index = 0; index < places.length; index++) {
          const place = places[index] ?? 0;
          const at = place < own ? place * width + own : own * width + place;
          matrix[at] = (matrix[at] ?? 0) + weighted * rows.at(row, index) * (factors[index] ?? 0);
        }
      }
    }
  }

  /** The first entry of a row and the one behind its last. */
  #entries(row: number): [number, number] {
    return [this.#starts[row] ?? 0, this.#starts[row + 1] ?? 0];
  }
}
