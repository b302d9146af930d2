import type { Candidate } from "./candidate.ts";
import { meanAndScale } from "./standardisation.ts";
import { requireNumbers } from "./task.ts";

/** The baseline of a regression: the mean, whatever the row holds. */
export function meanBaseline(name: string): Candidate {
  return {
    name,
    settings: {},
    searchSpace: {},
    inputs: "raw",
    async fit({ labels, classes }) {
      requireNumbers(name, "the mean", classes);
      const { mean: value } = meanAndScale(labels);
      return { predict: ({ rows }) => Array.from({ length: rows }, () => [value]), estimator: { type: "mean", value } };
    },
  };
}
