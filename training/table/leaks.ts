import { type Cell, type Foresight, foresightOf, namesTheClass, type Outcome, shareForetold } from "./single-column.ts";

/** A column as far as it is known in the sampled rows. */
export interface SampledColumn {
  name: string;
  cells: Cell[];
  /** Its numbers are days. */
  isTime: boolean;
}

export interface SuspectedLeak {
  column: string;
  /** What was measured: of the column alone, out of fold. */
  measure: "accuracy" | "AUC" | "R²";
  value: number;
  /** With the number, for people. */
  reason: string;
  /** The outcome in disguise, or what only a look back can know: no model is to see it. Others may be known beforehand all the same. */
  certain: boolean;
}

/** Fewer rows show nothing. */
const fewestRows = 30;

/** A column that alone foretells as much is the outcome under another name. */
const disguise = 0.98;
/** Whether a value was written down at all is hardly ever known to foretell so much before the event. */
const foretellingGap = 0.5;
/** The time between two days, where it foretells so much, was written down with the outcome. */
const foretellingInterval = 0.8;
/** Worth a question. */
const suspicious = { auc: 0.8, share: 0.7 };
/** Pairs of times are measured up to so many columns. */
const mostTimes = 12;

/**
 * Measures each column alone, and the time between each two, against the outcome.
 *
 * @param given columns that are known beforehand: of the time between one of them and another it is the other that leaks
 * @returns those that foretell too well, the worst first
 */
export function suspectLeaks(columns: SampledColumn[], outcome: Outcome, given: string[] = []): SuspectedLeak[] {
  const rows = outcome.task === "regression" ? outcome.values.length : outcome.labels.length;
  if (rows < fewestRows) return [];
  const found = new Map<string, SuspectedLeak>();
  const add = (leak: SuspectedLeak | undefined) => {
    const before = leak && found.get(leak.column);
    if (leak !== undefined && (before === undefined || (leak.certain && !before.certain))) found.set(leak.column, leak);
  };
  for (const column of columns) {
    add(gapLeak(column, outcome));
    add(valueLeak(column, outcome));
  }
  const times = columns.filter(({ isTime }) => isTime).slice(0, mostTimes);
  for (const [index, one] of times.entries()) for (const other of times.slice(index + 1)) add(intervalLeak(one, other, outcome, given));
  return [...found.values()].filter(({ column }) => !given.includes(column)).sort((a, b) => b.value - a.value);
}

/** The column is the outcome in disguise, or foretells it so well that somebody should ask why. */
function valueLeak({ name, cells }: SampledColumn, outcome: Outcome): SuspectedLeak | undefined {
  const foresight = foresightOf(cells, outcome);
  const share = shareForetold(foresight);
  const auc = foresight.task === "classification" ? (foresight.auc ?? 0) : 0;
  if (share >= disguise || (share > 0 && namesTheClass(cells, outcome)))
    return leak(name, foresight, "it is the outcome in disguise and alone foretells it", true);
  return share >= suspicious.share || auc >= suspicious.auc ? leak(name, foresight, "it alone foretells the outcome", false) : undefined;
}

function gapLeak({ name, cells }: SampledColumn, outcome: Outcome): SuspectedLeak | undefined {
  if (!cells.includes(null) || cells.every((cell) => cell === null)) return undefined;
  const foresight = foresightOf(
    cells.map((cell) => (cell === null ? 0 : 1)),
    outcome,
  );
  if (shareForetold(foresight) < foretellingGap) return undefined;
  return leak(name, withoutAuc(foresight), "whether it is there at all foretells the outcome", true);
}

function intervalLeak(one: SampledColumn, other: SampledColumn, outcome: Outcome, given: string[]): SuspectedLeak | undefined {
  const between = one.cells.map((cell, row) => {
    const end = other.cells[row];
    return typeof cell === "number" && typeof end === "number" ? end - cell : null;
  });
  const foresight = foresightOf(between, outcome);
  if (shareForetold(foresight) < foretellingInterval) return undefined;
  const otherIsLater = between.filter((time) => time !== null && time > 0).length * 2 >= between.length;
  const named = given.includes(one.name) ? other : given.includes(other.name) ? one : otherIsLater ? other : one;
  return leak(named.name, foresight, `the time between ${(named === one ? other : one).name} and it foretells the outcome`, true);
}

/** A gap has two states: how many outcomes are told right says more about it than an order. */
function withoutAuc(foresight: Foresight): Foresight {
  if (foresight.task === "regression") return foresight;
  const { auc: _, ...rest } = foresight;
  return rest;
}

function leak(column: string, foresight: Foresight, what: string, certain: boolean): SuspectedLeak {
  const { measure, value, beside } = measured(foresight);
  return { column, measure, value, certain, reason: `measured: ${what} with ${measure} ${short(value)}${beside}` };
}

function measured(foresight: Foresight): Pick<SuspectedLeak, "measure" | "value"> & { beside: string } {
  if (foresight.task === "regression") return { measure: "R²", value: foresight.rSquared, beside: "" };
  const { accuracy, majority, auc } = foresight;
  if (auc !== undefined) return { measure: "AUC", value: auc, beside: "" };
  return { measure: "accuracy", value: accuracy, beside: `, where guessing has ${short(majority)}` };
}

function short(value: number): string {
  return value.toFixed(3).replace(/^0(?=\.)/, "");
}
