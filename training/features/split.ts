import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { FeatureTable } from "./feature-table.ts";

type Labelled = Pick<FeatureTable, "keys" | "labels" | "classes">;

/**
 * Parts the rows into some to fit on and some to test on, each class in the same share (largest remainder). Where a row goes depends
 * on the seed and its key only: neither on the order of rows nor on the machine, and few rows change sides when others are added.
 *
 * @returns row indices, ascending; together they are every row once
 */
export function stratifiedSplit(rows: Labelled, testShare: number, seed: number): { train: number[]; test: number[] } {
  const byClass = shuffledByClass(rows, "split", seed);
  const exact = byClass.map((members) => members.length * testShare);
  const sizes = exact.map(Math.floor);
  let left = Math.round(rows.keys.length * testShare) - sizes.reduce((sum, size) => sum + size, 0);
  const largestRemainderFirst = exact.map((_, label) => label).sort((a, b) => remainder(exact, b) - remainder(exact, a));
  for (const label of largestRemainderFirst) {
    if (left === 0) break;
    sizes[label] = (sizes[label] ?? 0) + 1;
    left -= 1;
  }
  return {
    test: ascending(byClass.flatMap((members, label) => members.slice(0, sizes[label]))),
    train: ascending(byClass.flatMap((members, label) => members.slice(sizes[label]))),
  };
}

/**
 * Deals the rows into folds, each class evenly: its share of any two folds differs by at most one row, and so do the folds' sizes.
 *
 * @returns the rows of each fold, ascending
 */
export function stratifiedFolds(rows: Labelled, folds: number, seed: number): number[][] {
  const dealt = Array.from({ length: folds }, (): number[] => []);
  for (const [position, row] of shuffledByClass(rows, "folds", seed).flat().entries()) dealt[position % folds]?.push(row);
  return dealt.map(ascending);
}

/** @throws FalconryError `train.too-few-rows` where a class cannot be in every fold, or is not in the test part */
export function requireEveryClass(train: Labelled, test: Labelled, folds: number): void {
  for (const [label, name] of train.classes.entries()) {
    const [inTrain, inTest] = [train, test].map(({ labels }) => labels.filter((each) => each === label).length);
    if (inTrain !== undefined && inTrain >= folds && inTest !== 0) continue;
    throw new FalconryError("train.too-few-rows", {
      message: `class ${JSON.stringify(name)} has ${inTrain} rows to fit on and ${inTest} to test on; ${folds} folds need ${folds} and 1`,
      hint: "Ingest more records of the class, or declare fewer folds or another share of test rows",
    });
  }
}

function shuffledByClass({ keys, labels, classes }: Labelled, purpose: string, seed: number): number[][] {
  const order = keys.map((key) => sha256(canonicalJson([purpose, seed, key])));
  const shuffled = keys.map((_, row) => row).sort((a, b) => ((order[a] ?? "") < (order[b] ?? "") ? -1 : 1));
  return classes.map((_, label) => shuffled.filter((row) => labels[row] === label));
}

function remainder(exact: number[], label: number): number {
  return (exact[label] ?? 0) % 1;
}

function ascending(rows: number[]): number[] {
  return rows.sort((a, b) => a - b);
}
