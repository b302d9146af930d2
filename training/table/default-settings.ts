import type { Workload } from "@falconry/model/workload.ts";
import type { Target } from "./target.ts";

/** What a new workload is trained, gated and rolled out by, until somebody edits it. */
export function defaultSettings(
  { task, classes }: Target,
  records: number,
): Pick<Workload, "crossValidation" | "candidates" | "metric" | "gates" | "rollout"> {
  const rows = classes.map(([, count]) => count);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const smallestClass = task === "classification" ? Math.min(...rows) : records;
  const mostFrequent = task === "classification" ? Math.max(...rows) / total : 0;
  return {
    crossValidation: { folds: Math.max(2, Math.min(mostFolds, Math.floor(smallestClass * trainShare))), seed: 1 },
    candidates: candidates[task],
    metric: "accuracy",
    gates: { floor: Math.floor(mostFrequent * 100) / 100, minimumRows: Math.max(1, Math.floor(records * leastComparedShare)) },
    rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
  };
}

const mostFolds = 10;
/** Of the rows: what the test part leaves. */
const trainShare = 0.8;
/** Half of the test part. */
const leastComparedShare = 0.1;

const candidates: Record<Target["task"], Workload["candidates"]> = {
  classification: [
    { name: "majority", type: "majority" },
    { name: "logistic-regression", type: "logistic-regression", C: 1 },
  ],
  regression: [{ name: "majority", type: "majority" }],
};
