import { rocAuc } from "@falconry/model/metrics.ts";

/** A value of a column: numbers and days as numbers, everything else as text; null where missing. */
export type Cell = number | string | null;

/** What is to be foreseen, one entry per row. */
export type Outcome = { task: "classification"; labels: number[]; classes: string[] } | { task: "regression"; values: number[] };

/** How well one column alone foretells the outcome on rows that it was not looked up in. */
export type Foresight =
  | {
      task: "classification";
      accuracy: number /** Share of the most frequent class. */;
      majority: number /** Of two classes. */;
      auc?: number;
    }
  | { task: "regression"; rSquared: number };

const folds = 5;
/** Rows that a value is seen in on average, at least, before its class is taken for its meaning. */
const rowsOfValue = 5;
const toleratedExceptions = 0.002;
const mostBins = 1_000;
const numberBins = 40;
/** How many rows the outcome's overall distribution counts for in each bin. */
const prior = 1;

/** Looks the outcome up by the column alone, out of fold: each value, or range of values, foretells what it came with in the other folds. */
export function foresightOf(cells: Cell[], outcome: Outcome): Foresight {
  const bins = binsOf(cells);
  return outcome.task === "regression"
    ? regressionForesight(bins, cells, outcome.values)
    : classForesight(bins, cells, outcome.labels, outcome.classes.length);
}

/** Every value comes with one class only, though most come in many rows: the column names the class in words of its own. */
export function namesTheClass(cells: Cell[], outcome: Outcome): boolean {
  if (outcome.task === "regression") return false;
  const classes = new Map<Cell, number>();
  let exceptions = 0;
  for (const [row, cell] of cells.entries()) {
    const label = outcome.labels[row] ?? 0;
    if (!classes.has(cell)) classes.set(cell, label);
    else if (classes.get(cell) !== label) exceptions += 1;
  }
  return classes.size > 1 && classes.size * rowsOfValue <= cells.length && exceptions <= cells.length * toleratedExceptions;
}

/** Of 1 - what guessing leaves open, the part that the column closes: 0 no better than guessing, 1 the outcome itself. */
export function shareForetold(foresight: Foresight): number {
  if (foresight.task === "regression") return Math.max(0, foresight.rSquared);
  const { accuracy, majority } = foresight;
  return majority === 1 ? 0 : Math.max(0, (accuracy - majority) / (1 - majority));
}

function classForesight(bins: number[], cells: Cell[], labels: number[], classes: number): Foresight {
  const counts = new Counts(bins, classes);
  for (const [row, label] of labels.entries()) counts.add(row, label, 1);
  const shares = Array.from({ length: classes }, (_, label) => labels.filter((each) => each === label).length / labels.length);
  let right = 0;
  const scores = bins.map((_, row) => {
    const weights = shares.map((share, label) => counts.outOfFold(row, label) + prior * share);
    if (weights.indexOf(Math.max(...weights)) === labels[row]) right += 1;
    return (weights[1] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
  });
  const foresight = { task: "classification", accuracy: right / labels.length, majority: Math.max(...shares) } as const;
  return classes === 2 ? { ...foresight, auc: Math.max(aucOf(labels, scores), rankAuc(cells, labels)) } : foresight;
}

function regressionForesight(bins: number[], cells: Cell[], values: number[]): Foresight {
  const sums = new Counts(bins, 2);
  for (const [row, value] of values.entries()) {
    sums.add(row, 0, value);
    sums.add(row, 1, 1);
  }
  const centre = meanOf(values);
  const squares = values.map((value, row) => (value - (sums.outOfFold(row, 0) + prior * centre) / (sums.outOfFold(row, 1) + prior)) ** 2);
  const spread = values.map((value) => (value - centre) ** 2);
  return { task: "regression", rSquared: Math.max(1 - meanOf(squares) / meanOf(spread), linearRSquared(cells, values)) };
}

/** Of a column of numbers as it is: what a straight line explains. */
function linearRSquared(cells: Cell[], values: number[]): number {
  const known = cells.flatMap((cell, row) => (typeof cell === "number" ? [[cell, values[row] ?? 0] as const] : []));
  if (known.length < cells.length / 2) return 0;
  const [x, y] = [meanOf(known.map(([cell]) => cell)), meanOf(known.map(([, value]) => value))];
  const product = meanOf(known.map(([cell, value]) => (cell - x) * (value - y)));
  const squares = meanOf(known.map(([cell]) => (cell - x) ** 2)) * meanOf(known.map(([, value]) => (value - y) ** 2));
  return squares === 0 ? 0 : Math.min(1, product ** 2 / squares);
}

function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sums by bin and kind, of all rows but those of one's own fold. */
class Counts {
  readonly #bins: number[];
  readonly #kinds: number;
  /** The last stands for all folds. */
  readonly #sums: Float64Array[];

  constructor(bins: number[], kinds: number) {
    this.#bins = bins;
    this.#kinds = kinds;
    const places = (bins.reduce((most, bin) => Math.max(most, bin), 0) + 1) * kinds;
    this.#sums = Array.from({ length: folds + 1 }, () => new Float64Array(places));
  }

  add(row: number, kind: number, amount: number): void {
    const place = this.#place(row, kind);
    for (const sums of [this.#sums[row % folds], this.#sums[folds]]) if (sums !== undefined) sums[place] = (sums[place] ?? 0) + amount;
  }

  outOfFold(row: number, kind: number): number {
    const place = this.#place(row, kind);
    return (this.#sums[folds]?.[place] ?? 0) - (this.#sums[row % folds]?.[place] ?? 0);
  }

  #place(row: number, kind: number): number {
    return (this.#bins[row] ?? 0) * this.#kinds + kind;
  }
}

/** Of a column of numbers as it is, without a look-up: the higher the likelier, or the lower. */
function rankAuc(cells: Cell[], labels: number[]): number {
  const known = cells.flatMap((cell, row) => (typeof cell === "number" ? [{ cell, label: labels[row] ?? 0 }] : []));
  if (known.length < cells.length / 2) return 0;
  const auc = aucOf(
    known.map(({ label }) => label),
    known.map(({ cell }) => cell),
  );
  return Math.max(auc, 1 - auc);
}

function aucOf(labels: number[], scores: number[]): number {
  const auc = rocAuc(
    labels.map((label) => label === 1),
    scores,
  );
  return Number.isNaN(auc) ? 0.5 : auc;
}

/** One bin for missing cells, one for each value where there are few, else ranges of numbers with as many rows each. */
function binsOf(cells: Cell[]): number[] {
  const counts = new Map<Cell, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const numbers = cells.filter((cell) => typeof cell === "number").sort((a, b) => a - b);
  if (numbers.length > 0 && counts.size > numberBins) {
    const edges = Array.from({ length: numberBins - 1 }, (_, bin) => numbers[Math.floor(((bin + 1) * numbers.length) / numberBins)] ?? 0);
    return cells.map((cell) => (typeof cell === "number" ? 1 + edges.filter((edge) => cell >= edge).length : 0));
  }
  const frequent = [...counts].sort(([, one], [, other]) => other - one).slice(0, mostBins);
  const bins = new Map(frequent.map(([cell], bin) => [cell, bin + 1]));
  return cells.map((cell) => (cell === null ? 0 : (bins.get(cell) ?? mostBins + 1)));
}
