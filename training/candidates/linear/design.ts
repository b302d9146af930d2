import { type InputMatrix, transposed } from "../input-matrix.ts";
import { meanAndScale, type Standardisation } from "../standardisation.ts";
import { addProducts, type Columns, everyNth, multiplied, weightedSums } from "./columns.ts";

/** Of a column that is 0 in more rows than not, as those of a rare category are, only the other rows are kept. */
const sparseBelow = 0.25;
/** So many rows of some twenty columns stay in a processor's cache while each column is multiplied with each. */
const rowsAtOnce = 1024;

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
  readonly #dense: Columns;
  /** The column that each dense one is. */
  readonly #densePlaces: number[];
  readonly #sparse: SparseRows;
  /** What a sparse column would be where it is 0, with the sign turned; 0 of a dense one. */
  readonly #centres: Float64Array;

  private constructor(dense: Columns, densePlaces: number[], sparse: SparseRows, centres: Float64Array) {
    this.rows = sparse.starts.length - 1;
    this.width = centres.length;
    this.#dense = dense;
    this.#densePlaces = densePlaces;
    this.#sparse = sparse;
    this.#centres = centres;
  }

  /** The inputs at mean 0 and deviation 1, and what puts them back on their own scale. */
  static standardised(inputs: InputMatrix): { design: Design; scaling: Standardisation } {
    const { columns, scaling } = standardisedColumns(inputs);
    const isSparse = columns.map((column, place) => place > 0 && shareOfOthers(column, zeroOf(scaling, place)) < sparseBelow);
    const centres = Float64Array.from(columns, (_, place) => (isSparse[place] ? -zeroOf(scaling, place) : 0));
    const densePlaces = [...columns.keys()].filter((place) => !isSparse[place]);
    const sparse = sparseRows(columns, centres, isSparse);
    return {
      design: new Design(
        densePlaces.flatMap((place) => columns[place] ?? []),
        densePlaces,
        sparse,
        centres,
      ),
      scaling,
    };
  }

  /** Every column by itself, as long as there are rows. */
  get columns(): Columns {
    const columns = Array.from(this.#centres, (centre) => new Float64Array(this.rows).fill(-centre));
    for (const [index, place] of this.#densePlaces.entries()) columns[place]?.set(this.#dense[index] ?? []);
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
    const { starts, places, values } = this.#sparse;
    const some = { starts: [0], places: [] as number[], values: [] as number[] };
    for (let row = 0; row < this.rows; row += step) {
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry++) {
        some.places.push(places[entry] ?? 0);
        some.values.push(values[entry] ?? 0);
      }
      some.starts.push(some.places.length);
    }
    const sparse = { starts: Int32Array.from(some.starts), places: Int32Array.from(some.places), values: Float64Array.from(some.values) };
    return new Design(everyNth(this.#dense, step), this.#densePlaces, sparse, this.#centres);
  }

  /** Each row's sum of coefficient times input. */
  sums(coefficients: Float64Array): Float64Array {
    const sums = weightedSums(
      this.#dense,
      Float64Array.from(this.#densePlaces, (place) => coefficients[place] ?? 0),
    );
    if (this.#dense.length === this.width) return sums;
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
    const all = new Float64Array(this.width);
    const ofDense = new Float64Array(this.#dense.length);
    addProducts(ofDense, 0, this.#dense, 0, perRow);
    for (const [index, place] of this.#densePlaces.entries()) all[place] = ofDense[index] ?? 0;
    if (this.#dense.length === this.width) return all;
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
    const matrix = new Float64Array(width * width);
    for (let start = 0; start < this.rows; start += rowsAtOnce) this.#addBlock(matrix, start, weights.subarray(start, start + rowsAtOnce));
    // until here of the sparse columns as if 0 were 0
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

  /** Adds some rows' products above the diagonal. */
  #addBlock(matrix: Float64Array, start: number, weights: Float64Array): void {
    const { width } = this;
    const { starts, places, values } = this.#sparse;
    const part = this.#dense.map((column) => column.subarray(start, start + weights.length));
    const ofDense = new Float64Array(part.length);
    for (const [index, column] of part.entries()) {
      const place = this.#densePlaces[index] ?? 0;
      const weighted = multiplied(column, weights);
      ofDense.fill(0);
      addProducts(ofDense, index, part, index, weighted);
      for (let other = index; other < part.length; other++) {
        const at = place * width + (this.#densePlaces[other] ?? 0);
        matrix[at] = (matrix[at] ?? 0) + (ofDense[other] ?? 0);
      }
      if (values.length === 0) continue;
      for (let row = 0; row < weighted.length; row++) {
        const end = starts[start + row + 1] ?? 0;
        for (let entry = starts[start + row] ?? 0; entry < end; entry++) {
          const other = places[entry] ?? 0;
          const at = place < other ? place * width + other : other * width + place;
          matrix[at] = (matrix[at] ?? 0) + (weighted[row] ?? 0) * (values[entry] ?? 0);
        }
      }
    }
    for (let row = 0; row < weights.length; row++) {
      const end = starts[start + row + 1] ?? 0;
      for (let entry = starts[start + row] ?? 0; entry < end; entry++) {
        const weighted = (weights[row] ?? 0) * (values[entry] ?? 0);
        const first = (places[entry] ?? 0) * width;
        for (let other = entry; other < end; other++) {
          const at = first + (places[other] ?? 0);
          matrix[at] = (matrix[at] ?? 0) + weighted * (values[other] ?? 0);
        }
      }
    }
  }
}

/** The inputs at mean 0 and deviation 1 by column, the first of them 1 in every row, and what puts them back on their own scale. */
function standardisedColumns(inputs: InputMatrix): { columns: Columns; scaling: Standardisation } {
  const columns = transposed(inputs);
  const scalings = columns.map((numbers) => meanAndScale(numbers));
  for (const [index, numbers] of columns.entries()) {
    const { mean = 0, scale = 1 } = scalings[index] ?? {};
    for (let row = 0; row < numbers.length; row++) numbers[row] = ((numbers[row] ?? 0) - mean) / scale;
  }
  return {
    columns: [new Float64Array(inputs.rows).fill(1), ...columns],
    scaling: { means: scalings.map(({ mean }) => mean), scales: scalings.map(({ scale }) => scale) },
  };
}

/** What 0 is in a standardised column; the first one is the intercept's. */
function zeroOf({ means, scales }: Standardisation, place: number): number {
  return (0 - (means[place - 1] ?? 0)) / (scales[place - 1] ?? 1);
}

function shareOfOthers(column: Float64Array, value: number): number {
  let others = 0;
  for (let row = 0; row < column.length; row++) if (column[row] !== value) others += 1;
  return others / column.length;
}

function sparseRows(columns: Columns, centres: Float64Array, isSparse: boolean[]): SparseRows {
  const rows = columns[0]?.length ?? 0;
  const chosen = [...columns.keys()].filter((place) => isSparse[place]);
  const starts = new Int32Array(rows + 1);
  const isEntry = (place: number, row: number) => columns[place]?.[row] !== -(centres[place] ?? 0);
  for (const place of chosen) for (let row = 0; row < rows; row++) if (isEntry(place, row)) starts[row + 1] = (starts[row + 1] ?? 0) + 1;
  for (let row = 0; row < rows; row++) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
  const [places, values] = [new Int32Array(starts[rows] ?? 0), new Float64Array(starts[rows] ?? 0)];
  const next = starts.slice();
  for (const place of chosen) {
    for (let row = 0; row < rows; row++) {
      if (!isEntry(place, row)) continue;
      const entry = next[row] ?? 0;
      places[entry] = place;
      values[entry] = (columns[place]?.[row] ?? 0) + (centres[place] ?? 0);
      next[row] = entry + 1;
    }
  }
  return { starts, places, values };
}
