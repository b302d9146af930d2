import type { Workload } from "@falconry/model/workload.ts";

export type Costs = NonNullable<Workload["costs"]>;

/** Rows as a decision sees them. */
export interface Decidable {
  isPositive: readonly boolean[];
  /** Of being positive. */
  probabilities: readonly number[];
}

/** The rows of a classification of two classes. @param positive place of the positive class */
export function decidable(labels: readonly number[], answers: readonly (readonly number[])[], positive: number): Decidable {
  return {
    isPositive: labels.map((label) => label === positive),
    // as the graph compares them
    probabilities: answers.map((row) => Math.fround(row[positive] ?? Number.NaN)),
  };
}

/** What each row costs when those with a probability above the threshold are taken for positive. */
export function costOfEach({ isPositive, probabilities }: Decidable, above: number, { falsePositive, falseNegative }: Costs): number[] {
  return probabilities.map((probability, row) => {
    const isTaken = probability > above;
    if (isTaken === isPositive[row]) return 0;
    return isTaken ? falsePositive : falseNegative;
  });
}

/**
 * The threshold with the least total cost, half way between two probabilities that occur, or between one and 0 or 1. Of equals the one nearest
 * to 0.5, of these the lower one.
 */
export function cheapestThreshold({ isPositive, probabilities }: Decidable, { falsePositive, falseNegative }: Costs): number {
  const order = [...probabilities.keys()].sort((one, other) => (probabilities[one] ?? 0) - (probabilities[other] ?? 0));
  let [missed, alarms] = [0, isPositive.filter((positive) => !positive).length];
  const cost = () => missed * falseNegative + alarms * falsePositive;
  let cheapest = { above: 1, cost: Number.POSITIVE_INFINITY };
  let below = 0;
  /** All rows so far are at most `below`, all others at least `next`. */
  const consider = (next: number) => {
    const above = Math.fround((below + next) / 2);
    const isNearer = Math.abs(above - 0.5) < Math.abs(cheapest.above - 0.5);
    if (above < next && (cost() < cheapest.cost || (cost() === cheapest.cost && isNearer))) cheapest = { above, cost: cost() };
    below = next;
  };
  for (const row of order) {
    consider(probabilities[row] ?? Number.NaN);
    if (isPositive[row]) missed += 1;
    else alarms -= 1;
  }
  consider(1);
  // above the probability 1 there is nothing half way
  return cost() < cheapest.cost ? 1 : cheapest.above;
}
