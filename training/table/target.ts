import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { RecognisedType } from "./column-type.ts";
import type { TableColumn } from "./read-table.ts";

/** What is to be foreseen. */
export interface Target {
  column: TableColumn;
  task: Workload["target"]["task"];
  reason: string;
  /** Classes with their rows, most frequent first, true and false as 1 and 0; none of a regression. */
  classes: [text: string, rows: number][];
  /** Classes of so few rows that they cannot be in every fold and in the test part. */
  rare: [text: string, rows: number][];
}

/** A class of fewer rows cannot be in the test part and in several folds. */
const fewestRowsOfClass = 5;
const mostClasses = 200;
/** Whole numbers that count up from 0 or 1 are codes of so many classes at most. */
const mostCodes = 30;

/** @throws FalconryError `table.target` */
export function judgeTarget(
  column: TableColumn,
  { type }: RecognisedType,
  missing: string[],
  asked: Target["task"] | undefined,
  file: string,
): Target {
  const refuse = (what: string, hint: string) =>
    new FalconryError("table.target", { message: `${file}, column "${titleOf(column)}": ${what}`, hint });
  const counted = classesOf(column, type, missing);
  if (column.profile.values === 0 && counted?.length === 0)
    throw refuse("it holds no value", "Name the column that holds what is to be foreseen");
  if (counted?.length === 1) {
    throw refuse(
      `it is ${JSON.stringify(counted[0]?.[0])} in every row that has it`,
      "Name a column with two values at least: one value can be foreseen by anybody",
    );
  }
  if (type === "date" || type === "timestamp") throw refuse("it holds days", "Name a column of classes or of numbers");
  const [task, reason] = asked === undefined ? taskOf(type, counted) : ([asked, "you said so"] as const);
  if (task === "regression") {
    if (type === "integer" || type === "number") return { column, task, reason, classes: [], rare: [] };
    throw refuse(
      `it holds ${type === "string" ? "texts" : "true and false"}, and a regression foresees a number`,
      "Leave --task out, or name a column of numbers",
    );
  }
  if (type === "number") throw refuse("it holds numbers with fractions, which are no classes", "Say --task regression");
  if (counted === undefined || counted.length > mostClasses) {
    const different = counted === undefined ? "thousands of" : counted.length;
    throw refuse(
      `it holds ${different} different values, too many for classes`,
      "Name a column with fewer, or say --task regression for numbers",
    );
  }
  const classes = counted.filter(([, rows]) => rows >= fewestRowsOfClass);
  if (classes.length < 2) {
    const [text, rows] = counted[1] ?? counted[0] ?? ["", 0];
    throw refuse(
      `only ${classes.length} of its ${counted.length} classes has ${fewestRowsOfClass} rows or more; ${JSON.stringify(text)} has ${rows}`,
      "Give a table with more rows: each class is needed in every fold and in the test part",
    );
  }
  return { column, task, reason, classes, rare: counted.filter(([, rows]) => rows < fewestRowsOfClass) };
}

/** What people call a column. */
export function titleOf({ header, name }: TableColumn): string {
  return header.trim() === "" ? name : header;
}

function taskOf(type: RecognisedType["type"], classes: Target["classes"] | undefined): readonly [Target["task"], string] {
  if (type === "string" || type === "boolean") return ["classification", `it holds ${type === "boolean" ? "true and false" : "texts"}`];
  if (type === "number") return ["regression", "it holds numbers with fractions"];
  const codes = classes?.map(([text]) => Number(text)).sort((a, b) => a - b) ?? [];
  if (codes.length === 2) return ["classification", "it holds two numbers"];
  const first = codes[0] ?? Number.NaN;
  const countsUp =
    codes.length > 0 && codes.length <= mostCodes && (first === 0 || first === 1) && codes.every((code, index) => code === first + index);
  return countsUp
    ? ["classification", `it counts from ${first} to ${codes.at(-1)}, as codes of classes do; --task regression takes it as a quantity`]
    : ["regression", "it holds whole numbers that do not count up from 0 or 1, a quantity; --task classification takes them as classes"];
}

/** Values with their counts, most frequent first; undefined where there are too many. */
function classesOf({ profile }: TableColumn, type: RecognisedType["type"], missing: string[]): Target["classes"] | undefined {
  if (profile.counts === undefined) return undefined;
  const unread = [...profile.markers].filter(([marker]) => !missing.includes(marker));
  const classes = new Map<string, number>();
  for (const [text, rows] of [...profile.counts, ...unread]) {
    const name = type === "integer" ? String(Number(text)) : type === "boolean" ? String(Number(text.toLowerCase() === "true")) : text;
    if (name === "NaN") continue; // a misfit, whose record goes to quarantine
    classes.set(name, (classes.get(name) ?? 0) + rows);
  }
  return [...classes].sort(([, one], [, other]) => other - one);
}
