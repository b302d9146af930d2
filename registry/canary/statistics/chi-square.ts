import { gammaln, sum } from "simple-statistics";
import { normalTails } from "./normal-tails.ts";

/** Fewest cases expected in a cell. @see Cochran (1954), Some methods for strengthening the common chi-square tests */
const minimumExpected = 5;

/**
 * Pearson's test that two samples of categories come from the same distribution. Categories too rare for it are taken together, the rarest first.
 *
 * @param control cases per category; whole or not
 * @param canary cases of the same categories
 * @returns p in [0, 1]; 1 where there is one category
 */
export function chiSquareTest(control: readonly number[], canary: readonly number[]): number {
  const cells = control.map((count, category) => [count, canary[category] ?? 0] as const).filter(([one, other]) => one + other > 0);
  const [first, second] = [sum(cells.map(([count]) => count)), sum(cells.map(([, count]) => count))];
  const smallerShare = Math.min(first, second) / (first + second);
  const common = pooled(cells, minimumExpected / smallerShare);
  const statistic = sum(
    common.map(([one, other]) => {
      const expected = ((one + other) * first) / (first + second);
      const expectedOther = one + other - expected;
      return (one - expected) ** 2 / expected + (other - expectedOther) ** 2 / expectedOther;
    }),
  );
  return chiSquareTail(statistic, common.length - 1);
}

/**
 * P(X >= x) of chi-square with whole degrees of freedom, within 2e-7.
 *
 * @see Abramowitz and Stegun (1964), 26.4.4 and 26.4.5
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (degrees === 0 || x <= 0) return 1;
  const odd = degrees % 2 === 1;
  let tail = odd ? normalTails(Math.sqrt(x)) : Math.exp(-x / 2);
  for (let half = odd ? 0.5 : 1; half < degrees / 2; half++) tail += Math.exp(half * Math.log(x / 2) - x / 2 - gammaln(half + 1));
  return Math.min(tail, 1);
}

type Cell = readonly [number, number];

function pooled(cells: readonly Cell[], minimum: number): Cell[] {
  const ascending = [...cells].sort((one, other) => one[0] + one[1] - (other[0] + other[1]));
  const rare: Cell[] = [];
  while (ascending[0] !== undefined && (sum([...ascending[0]]) < minimum || (rare.length > 0 && sum(rare.flat()) < minimum))) {
    rare.push(ascending[0]);
    ascending.shift();
  }
  return rare.length === 0 ? ascending : [[sum(rare.map(([count]) => count)), sum(rare.map(([, count]) => count))], ...ascending];
}
