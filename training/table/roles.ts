import type { Column } from "@falconry/model/workload.ts";
import { countedValues } from "./column-profile.ts";
import type { RecognisedType } from "./column-type.ts";
import type { SuspectedLeak } from "./leaks.ts";
import { isIdentifierName, type TableColumn } from "./read-table.ts";
import type { Target } from "./target.ts";

/** A column, what it is read as, and whether a model may learn from it. */
export interface JudgedColumn extends TableColumn {
  recognised: RecognisedType;
  role: "key" | "target" | "feature" | "left-out";
  /** Why it has this role; empty for an ordinary feature. */
  why: string;
  /** Why it is taken for known only after the event. */
  leak?: string;
  /** Rows without a value, among those that could be split. */
  missing: number;
}

/** Texts of which more are different ones are names or remarks: a model learns nothing from them that holds for other rows. */
const identifierShare = 0.5;
/** An integer that differs in more rows is a number of the row. */
const numberedShare = 0.95;
const longText = 200;

/** What is known of a table beside its columns. */
interface Known {
  target: Target;
  key: TableColumn | undefined;
  excluded: TableColumn[];
  leaks: SuspectedLeak[];
  time: TableColumn[];
  group: TableColumn | undefined;
}

/** What a column is to a model, and why. */
export function judgeRole(
  column: TableColumn,
  { recognised, missing }: Pick<JudgedColumn, "recognised" | "missing">,
  { target, key, excluded, leaks, time, group }: Known,
): Pick<JudgedColumn, "role" | "why" | "leak"> {
  if (column === target.column) return { role: "target", why: `the target: ${target.reason}` };
  if (column === key) return { role: "key", why: "the key: every row has another value" };
  if (excluded.includes(column)) return { role: "left-out", why: "left out: you said so" };
  const leak = leaks.find(({ certain, column: name }) => certain && name === column.name)?.reason;
  if (leak !== undefined) return { role: "left-out", why: `left out, ${leak}`, leak };
  if (time.length > 1 && column === time[0]) return { role: "left-out", why: "left out: the years to come are in no row to learn from" };
  if (column === group) return { role: "left-out", why: "left out: it names the group, and the model is asked about others" };
  const useless = whyUseless(column, recognised.type, missing);
  return useless === undefined ? { role: "feature", why: "" } : { role: "left-out", why: `left out: ${useless}` };
}

/** Why no model can learn from the column alone; undefined where it can. */
function whyUseless({ header, profile }: TableColumn, type: Column["type"], missing: number): string | undefined {
  const { values, distinct, longest } = profile;
  if (values === 0) return "it holds no value";
  if (distinct === 1) return missing === 0 ? "it is the same in every row" : "it is the same in every row that has it";
  if (type === "integer") {
    return isIdentifierName(header) && profile.isNearlyUnique(numberedShare) ? "it numbers the rows" : undefined;
  }
  if (type !== "string") return undefined;
  if (profile.isNearlyUnique(identifierShare)) return `it names rows: ${shareOf(profile)} of its values are different ones`;
  if (distinct === undefined) return "it has thousands of different values";
  return longest > longText ? `it holds texts of up to ${longest} characters` : undefined;
}

/** A column that names each row once, if the table has one: by its name, or the first one where it counts. */
export function findKey(columns: TableColumn[], typeOf: (column: TableColumn) => Column["type"], records: number): TableColumn | undefined {
  const unique = columns.filter((column) => column.profile.isUnique && ["integer", "string"].includes(typeOf(column)));
  const counts = ({ profile: { min, max } }: TableColumn) => (min === 0 || min === 1) && max - min === records - 1;
  return unique.find(({ header }) => isIdentifierName(header)) ?? unique.find((column) => column.position === 0 && counts(column));
}

function shareOf({ counts, values, valuesWhenTooMany }: TableColumn["profile"]): string {
  const share = counts === undefined ? countedValues / valuesWhenTooMany : counts.size / values;
  return `${Math.round(share * 100)} %`;
}
