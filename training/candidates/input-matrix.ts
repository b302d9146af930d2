/** Rows as an estimator sees them: the numbers of one row after those of the other. */
export interface InputMatrix {
  rows: number;
  columns: number;
  values: Float64Array;
}

/** @throws RangeError for rows of different lengths */
export function inputMatrix(rows: readonly (readonly number[])[]): InputMatrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  for (const [row, numbers] of rows.entries()) {
    if (numbers.length !== columns) throw new RangeError(`row ${row} has ${numbers.length} numbers, the first has ${columns}`);
    values.set(numbers, row * columns);
  }
  return { rows: rows.length, columns, values };
}

export function columnOf({ rows, columns, values }: InputMatrix, column: number): Float64Array {
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) numbers[row] = values[row * columns + column] ?? Number.NaN;
  return numbers;
}

/** So many rows of a few columns stay in a processor's cache while they are parted. */
const rowsAtOnce = 64;

/** The numbers of each column by themselves. */
export function transposed({ rows, columns, values }: InputMatrix): Float64Array[] {
  const parted = Array.from({ length: columns }, () => new Float64Array(rows));
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const end = Math.min(start + rowsAtOnce, rows);
    for (const [column, numbers] of parted.entries())
      for (let row = start; row < end; row++) numbers[row] = values[row * columns + column] ?? Number.NaN;
  }
  return parted;
}

/** Cuts numbers that stand row after row into rows of so many. */
export function inRows(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column] ?? 0),
  );
}
