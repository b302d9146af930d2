import type { Candidate } from "./candidate.ts";
import { requireClasses } from "./task.ts";

/** The baseline of a classification: whatever the row holds, each class is as probable as it was frequent. */
export function majority(name: string): Candidate {
  return {
    name,
    settings: {},
    searchSpace: {},
    inputs: "raw",
    async fit({ labels, classes }) {
      requireClasses(name, "the majority baseline", classes);
      const counts = new Array<number>(classes).fill(0);
      for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
      const probabilities = counts.map((count) => count / labels.length);
      return {
        predict: ({ rows }) => Array.from({ length: rows }, () => probabilities),
        estimator: { type: "constant", probabilities },
      };
    },
  };
}
