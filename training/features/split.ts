import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type FeatureTable, keyOf } from "./feature-table.ts";

type Labelled = Pick<FeatureTable, "keys" | "labels" | "classes" | "groups">;

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
  let left = Math.round(rows.labels.length * testShare) - sizes.reduce((sum, size) => sum + size, 0);
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
 * Deals the rows into folds: whole groups, where rows are of groups, the next one always to the fold with the fewest rows; else each class
 * evenly. Of a regression all rows are dealt alike.
 *
 * @returns the rows of each fold, ascending
 * @throws FalconryError `train.too-few-rows` where there are fewer groups than folds, or a class is in one fold only
 */
export function dealtFolds(rows: Labelled, folds: number, seed: number): number[][] {
  return rows.groups === undefined ? stratifiedFolds(rows, folds, seed) : groupedFolds(rows, rows.groups, folds, seed);
}

/** Each class's share of any two folds differs by at most one row, and so do the folds' sizes. */
function stratifiedFolds(rows: Labelled, folds: number, seed: number): number[][] {
  const dealt = Array.from({ length: folds }, (): number[] => []);
  for (const [position, row] of shuffledByClass(rows, "folds", seed).flat().entries()) dealt[position % folds]?.push(row);
  return dealt.map(ascending);
}

function groupedFolds({ labels, classes }: Labelled, groups: string[], folds: number, seed: number): number[][] {
  const members = new Map<string, number[]>();
  for (const [row, group] of groups.entries()) {
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [row]);
    else rows.push(row);
  }
  if (members.size < folds) throw tooFewGroups(`${members.size} groups cannot be dealt into ${folds} folds`);
  const dealt = Array.from({ length: folds }, (): number[] => []);
  for (const group of inChanceOrder([...members.keys()], "folds", seed)) {
    const smallest = dealt.reduce((one, other) => (other.length < one.length ? other : one));
    smallest.push(...(members.get(group) ?? []));
  }
  for (const [label, name] of classes.entries()) {
    const holding = dealt.filter((rows) => rows.some((row) => labels[row] === label)).length;
    if (holding < 2) throw tooFewGroups(`class ${JSON.stringify(name)} is in ${holding} of ${folds} folds: its rows are of too few groups`);
  }
  return dealt.map(ascending);
}

function tooFewGroups(message: string): FalconryError {
  return new FalconryError("train.too-few-rows", { message, hint: "Ingest records of more groups, or declare fewer folds" });
}

/**
 * @throws FalconryError `train.too-few-rows` where a class cannot be in every fold, or is not in the test part; for a regression where there
 *   are fewer rows than folds
 */
export function requireEveryClass(train: Labelled, test: Labelled, folds: number): void {
  if (train.classes.length === 0 && train.labels.length < folds) {
    throw new FalconryError("train.too-few-rows", {
      message: `${train.labels.length} rows to fit on cannot be dealt into ${folds} folds`,
      hint: "Ingest more records, or declare fewer folds",
    });
  }
  for (const [label, name] of train.classes.entries()) {
    const [inTrain, inTest] = [train, test].map(({ labels }) => labels.filter((each) => each === label).length);
    if (inTrain !== undefined && inTrain >= folds && inTest !== 0) continue;
    throw new FalconryError("train.too-few-rows", {
      message: `class ${JSON.stringify(name)} has ${inTrain} rows to fit on and ${inTest} to test on; ${folds} folds need ${folds} and 1`,
      hint: "Ingest more records of the class, or declare fewer folds or another split",
    });
  }
}

/** What the seed and its own name decide. */
export function inChanceOrder(names: string[], purpose: string, seed: number): string[] {
  const placed = names.map((name) => ({ name, place: sha256(canonicalJson([purpose, seed, name])) }));
  return placed.sort((one, other) => (one.place < other.place ? -1 : 1)).map(({ name }) => name);
}

function shuffledByClass({ keys, labels, classes }: Labelled, purpose: string, seed: number): number[][] {
  const order = labels.map((_, row) => sha256(canonicalJson([purpose, seed, keyOf({ keys }, row)])));
  const shuffled = labels.map((_, row) => row).sort((a, b) => ((order[a] ?? "") < (order[b] ?? "") ? -1 : 1));
  return classes.length === 0 ? [shuffled] : classes.map((_, label) => shuffled.filter((row) => labels[row] === label));
}

function remainder(exact: number[], label: number): number {
  return (exact[label] ?? 0) % 1;
}

function ascending(rows: number[]): number[] {
  return rows.sort((a, b) => a - b);
}
