/** One line of a benchmark's table: what was measured on each side, run by run. */
export interface Measurement {
  /** Which benchmark it belongs to. */
  benchmark: string;
  what: string;
  unit: string;
  ours: number[];
  /** What it is compared with; a limit is a side that never varies. */
  other: { name: string; runs: number[] };
}

/** The middle run; between two middle ones, their mean. */
export function median(runs: number[]): number {
  const sorted = runs.toSorted((one, other) => one - other);
  const below = sorted[Math.floor((sorted.length - 1) / 2)];
  const above = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (below === undefined || above === undefined) throw new RangeError("no run was measured");
  return (below + above) / 2;
}

/** Our median over the other's. */
export function ratio({ ours, other }: Measurement): number {
  return median(ours) / median(other.runs);
}
