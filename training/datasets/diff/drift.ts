/** Of how much a column's values are spread differently in two versions. */
export interface Drift {
  /** Population stability index: 0 where both are spread alike. */
  psi: number;
  /** What the index stays below 19 times in 20 where both are samples of the same: more of it means something only above this. */
  chance: number;
  /** Above chance: small below .1, moderate below .25, as is usual in credit scoring. */
  verdict: "none" | "small" | "moderate" | "large";
}

const moderate = 0.1;
const large = 0.25;
/** Added to each count, so that an empty bin says little rather than everything. */
const pseudoCount = 0.5;
const normalQuantile95 = 1.644_853_6;

/**
 * @param counts of each bin's or category's values in the one version and in the other; missing values are a bin of their own
 * @see Yurdakul (2018), Statistical Properties of the Population Stability Index: (1/n + 1/m)^-1 times the index is about chi-squared, bins - 1 degrees of freedom
 */
export function drift(counts: [number, number][]): Drift {
  const used = counts.filter(([from, to]) => from + to > 0);
  const [n, m] = [sum(used.map(([from]) => from)), sum(used.map(([, to]) => to))];
  if (n === 0 || m === 0) return { psi: 0, chance: 0, verdict: "none" };
  const share = (count: number, total: number) => (count + pseudoCount) / (total + pseudoCount * used.length);
  const psi = sum(
    used.map(([from, to]) => {
      const [before, after] = [share(from, n), share(to, m)];
      return (after - before) * Math.log(after / before);
    }),
  );
  const chance = (1 / n + 1 / m) * chiSquaredQuantile95(used.length - 1);
  return { psi, chance, verdict: psi <= chance ? "none" : psi < moderate ? "small" : psi < large ? "moderate" : "large" };
}

/** @see Wilson and Hilferty (1931) */
function chiSquaredQuantile95(degrees: number): number {
  if (degrees === 0) return 0;
  const variance = 2 / (9 * degrees);
  return degrees * (1 - variance + normalQuantile95 * Math.sqrt(variance)) ** 3;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
