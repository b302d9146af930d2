import { mean } from "simple-statistics";
import { type BeforeAndAfter, beforeAndAfter } from "./before-and-after.ts";
import { type Costs, costOfEach, type Decidable } from "./cost-threshold.ts";

/** What a threshold that was chosen by cost comes to, in the unit of the costs, per row. `before` is at 0.5. */
export interface ThresholdEffect extends Costs {
  /** The positive class is predicted where its probability is above it. */
  threshold: number;
  /** Of the answers that the threshold was chosen by: flattered by the choice. */
  outOfFold: { before: number; after: number };
  /** On the untouched test rows. */
  test: BeforeAndAfter;
  /** Mean cost by threshold. */
  curve: { threshold: number; outOfFold: number; test: number }[];
}

const half = 0.5;
const steps = 100;

/** @param seed of the bootstrap */
export function thresholdEffect(outOfFold: Decidable, test: Decidable, threshold: number, costs: Costs, seed: number): ThresholdEffect {
  const meanCost = (rows: Decidable, above: number) => mean(costOfEach(rows, above, costs));
  return {
    ...costs,
    threshold,
    outOfFold: { before: meanCost(outOfFold, half), after: meanCost(outOfFold, threshold) },
    test: beforeAndAfter(costOfEach(test, half, costs), costOfEach(test, threshold, costs), seed),
    curve: Array.from({ length: steps + 1 }, (_, step) => {
      const above = step / steps;
      return { threshold: above, outOfFold: meanCost(outOfFold, above), test: meanCost(test, above) };
    }),
  };
}
