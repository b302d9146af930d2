/** Of each column of some rows. */
export interface Standardisation {
  means: number[];
  /** Standard deviations of the population; 1 for a column that is constant. */
  scales: number[];
}

/** Deviations below this share of the mean are rounding, not variation. */
const constantBelow = 1e-14;

export function standardisation(rows: number[][]): Standardisation {
  const columns = (rows[0] ?? []).map((_, column) => meanAndScale(rows.map((row) => row[column] ?? 0)));
  return { means: columns.map(({ mean }) => mean), scales: columns.map(({ scale }) => scale) };
}

export function standardise(row: number[], { means, scales }: Standardisation): number[] {
  return row.map((value, column) => (value - (means[column] ?? 0)) / (scales[column] ?? 1));
}

export function meanAndScale(values: number[]): { mean: number; scale: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, scale: deviation > constantBelow * Math.abs(mean) ? deviation : 1 };
}
