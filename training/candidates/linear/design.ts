import type { InputMatrix } from "../input-matrix.ts";
import { type Standardisation, scaleOf } from "../standardisation.ts";
import type { Columns } from "./columns.ts";
import { DenseRows } from "./dense-rows.ts";

/** Of a column that is 0 in more rows than not, as those of a rare category are, only the other rows are kept. */
const sparseBelow = 0.25;

/** What is not 0, row after row. */
interface SparseRows {
  /** Of each row the index of its first entry; one more at the end. */
  starts: Int32Array;
  /** The column of each entry, ascending within a row. */
  places: Int32Array;
  values: Float64Array;
}

/** What the linear candidates are fitted on: standardised columns, the first of them 1 in every row: its coefficient is the intercept. */
export class Design {
  readonly rows: number;
  readonly width: number;
  readonly #dense: DenseRows;
  /** The column that each dense one is. */
  readonly #densePlaces: number[];
  readonly #sparse: SparseRows;
  /** What a sparse column would be where it is 0, with the sign turned; 0 of a dense one. */
  readonly #centres: Float64Array;

  private constructor(dense: DenseRows, densePlaces: number[], sparse: SparseRows, centres: Float64Array) {
    this.rows = dense.rows;
    this.width = centres.length;
    this.#dense = dense;
    this.#densePlaces = densePlaces;
    this.#sparse = sparse;
    this.#centres = centres;
  }

  /** The inputs at mean 0 and deviation 1, and what puts them back on their own scale. */
  static standardised(inputs: InputMatrix): { design: Design; scaling: Standardisation } {
    const { scaling, others } = columnsOf(inputs);
    const isSparse = Array.from(others, (count) => count < sparseBelow * inputs.rows);
    const places = [...isSparse.keys()];
    const centres = [0, ...places.map((place) => (isSparse[place] ? (scaling.means[place] ?? 0) / (scaling.scales[place] ?? 1) : 0))];
    const densePlaces = places.filter((place) => !isSparse[place]);
    const design = new Design(
      denseRows(inputs, scaling, densePlaces),
      [0, ...densePlaces.map((place) => place + 1)],
      sparseRows(
        inputs,
        scaling,
        places.filter((place) => isSparse[place]),
      ),
      Float64Array.from(centres),
    );
    return { design, scaling };
  }

  /** Every column by itself, as long as there are rows. */
  get columns(): Columns {
    const columns = Array.from(this.#centres, (centre) => new Float64Array(this.rows).fill(-centre));
    const { columns: stride, values: dense } = this.#dense;
    for (const [index, place] of this.#densePlaces.entries()) {
      const column = columns[place];
      for (let row = 0; column && row < this.rows; row++) column[row] = dense[row * stride + index] ?? 0;
    }
    const { starts, places, values } = this.#sparse;
    for (let row = 0; row < this.rows; row++) {
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) {
        const column = columns[places[entry] ?? 0];
        if (column) column[row] = (column[row] ?? 0) + (values[entry] ?? 0);
      }
    }
    return columns;
  }

  /** Every so-and-so-many-th row. */
  everyNth(step: number): Design {
    const { columns: stride, values: dense } = this.#dense;
    const some = new DenseRows(Math.ceil(this.rows / step), stride);
    const { starts, places, values } = this.#sparse;
    const entries = { starts: [0], places: [] as number[], values: [] as number[] };
    for (let row = 0, at = 0; row < this.rows; row += step, at += stride) {
      for (let column = 0; column < stride; column++) some.values[at + column] = dense[row * stride + column] ?? 0;
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) {
        entries.places.push(places[entry] ?? 0);
        entries.values.push(values[entry] ?? 0);
      }
      entries.starts.push(entries.places.length);
    }
    const sparse = {
      starts: Int32Array.from(entries.starts),
      places: Int32Array.from(entries.places),
      values: Float64Array.from(entries.values),
    };
    return new Design(some, this.#densePlaces, sparse, this.#centres);
  }

  /** Each row's sum of coefficient times input. */
  sums(coefficients: Float64Array): Float64Array {
    const sums = this.#dense.sums(Float64Array.from(this.#densePlaces, (place) => coefficients[place] ?? 0));
    if (this.#dense.columns === this.width) return sums;
    const { starts, places, values } = this.#sparse;
    let shift = 0;
    for (let place = 0; place < this.width; place++) shift += (this.#centres[place] ?? 0) * (coefficients[place] ?? 0);
    for (let row = 0; row < this.rows; row++) {
      let sum = (sums[row] ?? 0) - shift;
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) sum += (values[entry] ?? 0) * (coefficients[places[entry] ?? 0] ?? 0);
      sums[row] = sum;
    }
    return sums;
  }

  /** Each column's product with a vector of one number per row. */
  products(perRow: Float64Array): Float64Array {
    const ofDense = this.#dense.products(perRow);
    if (this.#dense.columns === this.width) return ofDense;
    const all = new Float64Array(this.width);
    for (const [index, place] of this.#densePlaces.entries()) all[place] = ofDense[index] ?? 0;
    const { starts, places, values } = this.#sparse;
    for (let row = 0; row < this.rows; row++) {
      const number = perRow[row] ?? 0;
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) {
        const place = places[entry] ?? 0;
        all[place] = (all[place] ?? 0) + (values[entry] ?? 0) * number;
      }
    }
    const [total = 0] = all;
    for (let place = 1; place < this.width; place++) all[place] = (all[place] ?? 0) - (this.#centres[place] ?? 0) * total;
    return all;
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

  /** Above the diagonal; of the sparse columns as if 0 were 0. */
  #uncentredGram(weights: Float64Array): Float64Array {
    const { width } = this;
    const matrix = new Float64Array(width * width);
    const ofDense = this.#dense.gram(weights);
    const { columns: stride, values: dense } = this.#dense;
    for (const [index, place] of this.#densePlaces.entries())
      for (let other = index; other < stride; other++)
        matrix[place * width + (this.#densePlaces[other] ?? 0)] = ofDense[index * stride + other] ?? 0;
    const { starts, places, values } = this.#sparse;
    for (let row = 0; row < this.rows; row++) {
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) {
        const weighted = (weights[row] ?? 0) * (values[entry] ?? 0);
        const own = places[entry] ?? 0;
        for (let other = entry; other < end; other++) {
          const at = own * width + (places[other] ?? 0);
          matrix[at] = (matrix[at] ?? 0) + weighted * (values[other] ?? 0);
        }
        for (let index = 0; index < stride; index++) {
          const place = this.#densePlaces[index] ?? 0;
          const at = place < own ? place * width + own : own * width + place;
          matrix[at] = (matrix[at] ?? 0) + weighted * (dense[row * stride + index] ?? 0);
        }
      }
    }
    return matrix;
  }
}

/** What standardises each column, and in how many rows it is not 0. */
function columnsOf({ rows, columns, values }: InputMatrix): { scaling: Standardisation; others: Int32Array } {
  const means = new Float64Array(columns);
  const others = new Int32Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = values[at] ?? 0;
      means[column] = (means[column] ?? 0) + value;
      if (value !== 0) others[column] = (others[column] ?? 0) + 1;
    }
  }
  for (let column = 0; column < columns; column++) means[column] = (means[column] ?? 0) / rows;
  const squares = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++)
      squares[column] = (squares[column] ?? 0) + ((values[at] ?? 0) - (means[column] ?? 0)) ** 2;
  }
  const scales = Array.from(means, (mean, column) => scaleOf(mean, (squares[column] ?? 0) / rows));
  return { scaling: { means: [...means], scales }, others };
}

/** A 1, and these columns of the inputs, standardised. */
function denseRows({ rows, columns, values }: InputMatrix, { means, scales }: Standardisation, places: number[]): DenseRows {
  const dense = new DenseRows(rows, places.length + 1);
  const to = dense.values;
  for (let row = 0, at = 0; row < rows; row++) {
    to[at++] = 1;
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0;
      to[at++] = ((values[row * columns + place] ?? 0) - (means[place] ?? 0)) / (scales[place] ?? 1);
    }
  }
  return dense;
}

/** Of these columns of the inputs what is not 0, by its deviations. */
function sparseRows({ rows, columns, values }: InputMatrix, { scales }: Standardisation, places: number[]): SparseRows {
  const starts = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    let entries = starts[row] ?? 0;
    for (const place of places) if (values[row * columns + place] !== 0) entries += 1;
    starts[row + 1] = entries;
  }
  const sparse = { starts, places: new Int32Array(starts[rows] ?? 0), values: new Float64Array(starts[rows] ?? 0) };
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    for (const place of places) {
      const value = values[row * columns + place] ?? 0;
      if (value === 0) continue;
      sparse.places[entry] = place + 1;
      sparse.values[entry] = value / (scales[place] ?? 1);
      entry += 1;
    }
  }
  return sparse;
}
