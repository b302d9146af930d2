import type { Candidate } from "./candidate.ts";

/** The baseline: whatever the row holds, each class is as probable as it was frequent. */
export function majority(name: string): Candidate {
  return {
    name,
    settings: {},
    async fit({ labels, classes }) {
      const probabilities = Array.from({ length: classes }, (_, label) => labels.filter((each) => each === label).length / labels.length);
      return { predictProbabilities: (inputs) => inputs.map(() => probabilities), estimator: { type: "constant", probabilities } };
    },
  };
}
