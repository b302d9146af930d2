import type { Column } from "@falconry/model/workload.ts";
import type { RecognisedType } from "./column-type.ts";
import { isIdentifierName, type TableColumn } from "./read-table.ts";

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

/** Why no model can learn from the column alone; undefined where it can. */
export function whyUseless({ header, profile }: TableColumn, type: Column["type"], missing: number): string | undefined {
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
  const share = counts === undefined ? 2_000 / valuesWhenTooMany : counts.size / values;
  return `${Math.round(share * 100)} %`;
}
