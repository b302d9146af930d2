import { answersOn } from "./answers.ts";
import type { Gate } from "./gate.ts";
import { score } from "./score.ts";

/** The metric on the feature set's test rows, from the graph that would serve; what the run logged is not believed. */
export const metricFloor: Gate = {
  name: "metric-floor",
  required: ({ metric, gates }) => `${metric} of at least ${gates.floor}`,
  async measure({ candidate, settings: { metric, gates } }) {
    const [featureSet, test, model] = [await candidate.featureSet(), await candidate.test(), await candidate.model()];
    const value = score(metric, featureSet, test, await answersOn(model, test), model.classes);
    return {
      passed: value >= gates.floor,
      measured: `${metric} ${value.toFixed(4)} on ${test.rows} rows`,
      evidence: { value, rows: test.rows },
    };
  },
};
