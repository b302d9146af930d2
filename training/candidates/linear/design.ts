import type { InputMatrix } from "../input-matrix.ts";
import { deviationOf, type Standardisation } from "../standardisation.ts";
import { addMultiple, type Columns, dot } from "./columns.ts";
import { type DenseColumns, DenseRows } from "./dense-rows.ts";
import { SparseRows } from "./sparse-rows.ts";

/** Of a column that is 0 in more rows than not, as those of a rare category are, only the other rows are kept. */
const sparseBelow = 0.25;

/** Of a mean, in deviations: from here on numbers that are not centred lose too much to rounding. */
const farFromZero = 1e4;

/**
 * What the linear candidates are fitted on: standardised columns, the first of them 1 in every row: its coefficient is the intercept. They
 * are not written down where they need not be: what is kept are numbers of which `factor * number - centre` is the standardised one.
 */
export class Design {
  readonly rows: number;
  readonly width: number;
  readonly #dense: DenseColumns;
  /** Numbers whose factor is 1. */
  readonly #sparse: SparseRows;
  /** Of every column; the first one's is 0. */
  readonly #centres: Float64Array;

  private constructor(dense: DenseColumns, sparse: SparseRows, centres: Float64Array) {
    this.rows = sparse.rows;
    this.width = centres.length;
    this.#dense = dense;
    this.#sparse = sparse;
    this.#centres = centres;
  }

  /** The inputs at mean 0 and deviation 1, those that do not vary at 0, and what puts them back on their own scale. */
  static standardised(inputs: InputMatrix): { design: Design; scaling: Standardisation } {
    const { rows, columns, values } = inputs;
    const asTheyCome = new DenseRows(rows, columns, values);
    const [, ...means] = asTheyCome.products(new Float64Array(rows).fill(1)).map((sum) => sum / rows);
    const { squares, others } = asTheyCome.spread(Float64Array.from(means));
    const deviations = means.map((mean, column) => deviationOf(mean, (squares[column] ?? 0) / rows));
    const scaling = { means, scales: deviations.map((deviation) => deviation || 1) };
    const factors = deviations.map((deviation) => (deviation > 0 ? 1 / deviation : 0));
    const centres = Float64Array.from([0, ...means.map((mean, column) => mean * (factors[column] ?? 0))]);

    const isSparse = Array.from(others, (count) => count < sparseBelow * rows);
    const ofKind = (kind: boolean) => [...isSparse.keys()].filter((column) => isSparse[column] === kind);
    const sparse = SparseRows.of(inputs, ofKind(true), factors);
    if (!isSparse.includes(true) && centres.every((centre) => Math.abs(centre) < farFromZero)) {
      const dense = { rows: asTheyCome, places: [...centres.keys()], factors: Float64Array.from([1, ...factors]) };
      return { design: new Design(dense, sparse, centres), scaling };
    }
    const dense = writtenOut(inputs, ofKind(false), means, factors);
    for (const place of dense.places) centres[place] = 0;
    return { design: new Design(dense, sparse, centres), scaling };
  }

  /** Every column by itself, as long as there are rows. */
  get columns(): Columns {
    const columns = Array.from(this.#centres, (centre) => new Float64Array(this.rows).fill(-centre));
    const { rows, places, factors } = this.#dense;
    for (const [index, place] of places.entries()) {
      const column = columns[place];
      const factor = factors[index] ?? 0;
      for (let row = 0; column && row < this.rows; row++) column[row] = (column[row] ?? 0) + rows.at(row, index) * factor;
    }
    this.#sparse.addTo(columns);
    return columns;
  }

  /** Every so-and-so-many-th row. */
  everyNth(step: number): Design {
    return new Design({ ...this.#dense, rows: this.#dense.rows.everyNth(step) }, this.#sparse.everyNth(step), this.#centres);
  }

  /** Each row's sum of coefficient times input. */
  sums(coefficients: Float64Array): Float64Array {
    const { rows, places, factors } = this.#dense;
    const scaled = Float64Array.from(places, (place, index) => (coefficients[place] ?? 0) * (factors[index] ?? 0));
    scaled[0] = (scaled[0] ?? 0) - dot(this.#centres, coefficients);
    const sums = rows.sums(scaled);
    this.#sparse.addSums(sums, coefficients);
    return sums;
  }

  /** Each column's product with a vector of one number per row. */
  products(perRow: Float64Array): Float64Array {
    const products = this.#uncentredProducts(perRow);
    const [total = 0] = products;
    addMultiple(products, -total, this.#centres);
    return products;
  }

  /**
   * Products of each column with each, width x width, row after row.
   *
   * @param penalty added to the diagonal, but not to the intercept's
   * @param weights one per row; 1 where they are left out
   */
  gram(penalty: number, weights: Float64Array = new Float64Array(this.rows).fill(1)): Float64Array {
    const { width } = this;
    const matrix = this.#uncentredGram(weights);
    const totals = matrix.slice(0, width);
    const [whole = 0] = totals;
    for (let i = 0; i < width; i++) {
      const centre = this.#centres[i] ?? 0;
      for (let j = i; j < width; j++) {
        const other = this.#centres[j] ?? 0;
        const value = (matrix[i * width + j] ?? 0) - centre * (totals[j] ?? 0) - other * (totals[i] ?? 0) + centre * other * whole;
        matrix[i * width + j] = value + (i === j && i > 0 ? penalty : 0);
        matrix[j * width + i] = matrix[i * width + j] ?? 0;
      }
    }
    return matrix;
  }

  /** As if every centre were 0. */
  #uncentredProducts(perRow: Float64Array): Float64Array {
    const products = new Float64Array(this.width);
    const { rows, places, factors } = this.#dense;
    const ofDense = rows.products(perRow);
    for (const [index, place] of places.entries()) products[place] = (ofDense[index] ?? 0) * (factors[index] ?? 0);
    this.#sparse.addProducts(products, perRow);
    return products;
  }

  /** As if every centre were 0; above the diagonal. */
  #uncentredGram(weights: Float64Array): Float64Array {
    const { width } = this;
    const matrix = new Float64Array(width * width);
    const { rows, places, factors } = this.#dense;
    const ofDense = rows.gram(weights);
    for (const [index, place] of places.entries()) {
      for (let other = index; other < places.length; other++) {
        const value = (ofDense[index * places.length + other] ?? 0) * (factors[index] ?? 0) * (factors[other] ?? 0);
        matrix[place * width + (places[other] ?? 0)] = value;
      }
    }
    this.#sparse.addGram(matrix, width, weights, this.#dense);
    return matrix;
  }
}

/** These columns of the inputs, standardised. */
function writtenOut({ rows, columns, values }: InputMatrix, some: number[], means: number[], factors: number[]): DenseColumns {
  const standardised = new Float64Array(rows * some.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let index = 0; index < some.length; index++, at++) {
      const column = some[index] ?? 0;
      standardised[at] = ((values[row * columns + column] ?? 0) - (means[column] ?? 0)) * (factors[column] ?? 0);
    }
  }
  const places = [0, ...some.map((column) => column + 1)];
  return { rows: new DenseRows(rows, some.length, standardised), places, factors: new Float64Array(places.length).fill(1) };
}
