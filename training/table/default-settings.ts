import type { CandidateSettings, Workload } from "@falconry/model/workload.ts";
import type { DeclaredTable } from "./declare.ts";

/** What a new workload is trained, gated and rolled out by, until somebody edits it, and why. */
export interface DefaultSettings {
  declared: Pick<Workload, "crossValidation" | "candidates" | "metric" | "gates" | "rollout">;
  reasons: { metric: string; candidates: string; floor: string };
}

export function defaultSettings({ target, columns, split }: DeclaredTable, records: number): DefaultSettings {
  const counts = target.classes.map(([, count]) => count);
  const isClassification = target.task === "classification";
  const mostFrequent = Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0);
  const fewest = Math.min(groupsOf(split.declared, columns), trainShare * (isClassification ? Math.min(...counts) : records / 2));
  const numbers = columns.filter(({ role, recognised: { type } }) => role === "feature" && type !== "string").length;
  const withNetwork = records >= fewestForNetwork && records <= mostForNetwork && numbers >= fewestNumbersForNetwork;
  const folds = records > mostForTenFolds ? 5 : 10;
  const { metric, reason, floor, guess } = isClassification ? classMetric(mostFrequent) : numberMetric;
  return {
    declared: {
      crossValidation: { folds: Math.max(2, Math.min(folds, Math.floor(fewest))), seed: 1 },
      candidates: [...(isClassification ? forClasses : forNumbers), boosting(records), ...(withNetwork ? [network] : [])],
      metric,
      gates: { floor, minimumRows: Math.max(1, Math.floor(records * leastComparedShare)) },
      rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
    },
    reasons: {
      metric: reason,
      candidates: withNetwork
        ? "simple ones first: of equals the first is taken"
        : `simple ones first: of equals the first is taken; a network pays for ${fewestForNetwork} to ${mostForNetwork} records of many numbers`,
      floor: `the floor is what ${guess} has`,
    },
  };
}

/** Half of the groups: what the test part leaves, however large its groups are. No limit where there are none. */
function groupsOf(split: Workload["split"], columns: DeclaredTable["columns"]): number {
  if (split.type !== "group") return Number.POSITIVE_INFINITY;
  const counts = columns.find(({ name }) => name === split.column)?.profile.counts;
  return counts === undefined ? Number.POSITIVE_INFINITY : counts.size / 2;
}

/** Beyond it five folds say the same in half the time. */
const mostForTenFolds = 20_000;
/** Where trees and linear models are mostly as good, and a network costs minutes. */
const [fewestForNetwork, mostForNetwork, fewestNumbersForNetwork] = [1000, 20_000, 20];
/** Of the rows: what the test part leaves. */
const trainShare = 0.8;
/** Half of the test part. */
const leastComparedShare = 0.1;
/** Where more rows are of one class, accuracy hardly tells models apart. */
const imbalancedAbove = 0.75;

function classMetric(mostFrequent: number) {
  return mostFrequent > imbalancedAbove
    ? ({
        metric: "rocAuc",
        reason: `${Math.round(mostFrequent * 100)} % of the rows are of one class: the accuracy would say little`,
        floor: 0.5,
        guess: "a coin",
      } as const)
    : ({
        metric: "accuracy",
        reason: "the share of rows that are foretold right",
        floor: Math.floor(mostFrequent * 100) / 100,
        guess: "guessing the most frequent class",
      } as const);
}

const numberMetric = { metric: "r2", reason: "the share of the variance that is explained", floor: 0, guess: "guessing the mean" } as const;

const forClasses: CandidateSettings[] = [
  { name: "majority", type: "majority" },
  { name: "logistic-regression", type: "logistic-regression", C: 1 },
];

const forNumbers: CandidateSettings[] = [
  { name: "mean", type: "mean" },
  { name: "linear-regression", type: "linear-regression", alpha: 1 },
];

/** The more rows, the larger the trees that they bear. */
function boosting(records: number): CandidateSettings {
  const trees =
    records < 1000
      ? { rounds: 100, learningRate: 0.1, leaves: 7, minRowsPerLeaf: 10, columnShare: 0.7 }
      : records <= mostForTenFolds
        ? { rounds: 300, learningRate: 0.05, leaves: 31, minRowsPerLeaf: 10, columnShare: 0.5 }
        : { rounds: 300, learningRate: 0.1, leaves: 63, minRowsPerLeaf: 20, columnShare: 0.7 };
  return { name: "gradient-boosting", type: "gradient-boosting", ...trees };
}

const network: CandidateSettings = {
  name: "mlp",
  type: "mlp",
  hiddenUnits: [128],
  epochs: 40,
  batchSize: 32,
  learningRate: 0.003,
  l2: 1e-4,
};
