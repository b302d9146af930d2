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

/** Cuts numbers that stand row after row into rows of so many. */
export function inRows(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column] ?? 0),
  );
}
