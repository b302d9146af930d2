import { FalconryError } from "@falconry/environment/error.ts";
import type { Column, Workload } from "@falconry/model/workload.ts";
import { splitColumns } from "../features/part-rows.ts";
import { unlike } from "./column-names.ts";
import { type Reading, type RecognisedType, recogniseReading, recogniseType } from "./column-type.ts";
import type { SuspectedLeak } from "./leaks.ts";
import { measureLeaks } from "./measure-leaks.ts";
import type { ReadTable, TableColumn } from "./read-table.ts";
import { findKey, type JudgedColumn, judgeRole } from "./roles.ts";
import { judgeTarget, type Target, titleOf } from "./target.ts";

/** What whoever asks for a workload knows about the table. */
export interface TableKnowledge {
  target: string;
  task?: Workload["target"]["task"];
  /** The last rows in their order are the test part: one column, or year, month, day. */
  timeColumns?: string[];
  /** Rows with the same value stay together. */
  groupColumn?: string;
  /** No model is to see these. */
  exclude?: string[];
}

/** A table with everything that is declared about it, and why. */
export interface DeclaredTable {
  target: Target;
  reading: Reading;
  columns: JudgedColumn[];
  /** Names of the columns that make the key; the record's number where the table has none. */
  key: string;
  /** The key is the record's number. */
  numbered: boolean;
  leaks: SuspectedLeak[];
  split: { declared: Workload["split"]; reason: string };
}

const testShare = 0.2;
const seed = 1;

/** @throws FalconryError `table.no-column`, `table.target`, `table.no-features` */
export function declareTable(table: ReadTable, known: TableKnowledge, file: string): DeclaredTable {
  const find = (name: string) => findColumn(table, name, file);
  const targetColumn = find(known.target);
  const time = (known.timeColumns ?? []).map(find);
  const group = known.groupColumn === undefined ? undefined : find(known.groupColumn);
  const excluded = (known.exclude ?? []).map(find);
  requireOtherThan(targetColumn, [...time, ...excluded, ...(group === undefined ? [] : [group])], file);
  const reading = recogniseReading(
    table.columns.map(({ profile }) => profile),
    table.delimiter,
  );
  const types = new Map(table.columns.map((column) => [column, recogniseType(column.profile, reading)]));
  const typeOf = (column: TableColumn) => types.get(column)?.type ?? "string";
  const target = judgeTarget(targetColumn, recogniseType(targetColumn.profile, reading), reading.missing, known.task, file);
  const measured = measureLeaks(table.columns, typeOf, reading, target, { time, ...(group && { group }) });
  const judge = (key: TableColumn | undefined, leaks: SuspectedLeak[]) =>
    table.columns.map((column): JudgedColumn => {
      const recognised: RecognisedType = types.get(column) ?? { type: "string", reason: "", misfits: 0 };
      const about = { ...column, recognised, missing: missingOf(column, reading) };
      return { ...about, ...judgeRole(column, about, { target, key, excluded, leaks, time, group }) };
    });
  const found = findKey(
    table.columns.filter((column) => column !== targetColumn && column !== group && !time.includes(column)),
    typeOf,
    table.records,
  );
  const doubtful = measured.map((leak) => ({ ...leak, certain: false }));
  // what is left of a table without its key and its leaks may be nothing: then they stay, and are named all the same
  const ways = [
    { key: found, leaks: measured },
    { key: undefined, leaks: measured },
    { key: undefined, leaks: doubtful },
  ];
  const judged = ways.map(({ key, leaks }) => ({ columns: judge(key, leaks), leaks }));
  const usable = judged.find(({ columns }) => columns.some(({ role }) => role === "feature"));
  if (usable === undefined) throw noFeatures(judged[0]?.columns ?? [], file);
  const { columns, leaks } = usable;
  const named = columns.find(({ role }) => role === "key");
  return {
    target,
    reading,
    columns,
    key: named?.name ?? unlike(new Set(columns.map(({ name }) => name.toLowerCase())), "record"),
    numbered: named === undefined,
    leaks,
    split: splitBy(target, time, group),
  };
}

/** The columns of the workload, in the order of the file; the record's number, where it is the key, stands first. */
export function declaredColumns({ columns, key, numbered, target, split }: DeclaredTable, hasHeader: boolean): Workload["columns"] {
  const required = new Set([key, target.column.name, ...splitColumns(split.declared)]);
  const number: [string, Column][] = numbered ? [[key, { type: "integer", description: "Number of the record in its file" }]] : [];
  const declared = columns.map((column): [string, Column] => {
    const { name, header, recognised, missing, leak } = column;
    return [
      name,
      {
        type: recognised.type,
        description: titleOf(column).replace(/\s+/g, " ").trim(),
        ...(hasHeader && header !== name && { header }),
        ...(recognised.formats && recognised.formats.join() !== "YYYY-MM-DD" && { formats: recognised.formats }),
        ...(missing > 0 && !required.has(name) && { optional: true }),
        ...(leak !== undefined && { knownAfterEvent: leak }),
      },
    ];
  });
  return Object.fromEntries([...number, ...declared]);
}

function findColumn({ columns }: ReadTable, name: string, file: string): TableColumn {
  const found = columns.find(({ header }) => header === name) ?? columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = columns.map(titleOf);
  const listed = names.length > 30 ? `${names.slice(0, 30).join(", ")} and ${names.length - 30} more` : names.join(", ");
  throw new FalconryError("table.no-column", {
    message: `${file} has no column "${name}"`,
    hint: `It has: ${listed}`,
  });
}

function requireOtherThan(target: TableColumn, named: TableColumn[], file: string): void {
  if (!named.includes(target)) return;
  throw new FalconryError("table.target", {
    message: `${file}, column "${titleOf(target)}": it is what is to be foreseen, and was named as something else too`,
    hint: "Name other columns to exclude, or to split by in time or groups",
  });
}

function missingOf({ profile }: TableColumn, { missing }: Reading): number {
  return [...profile.markers].reduce((sum, [marker, count]) => sum + (missing.includes(marker) ? count : 0), profile.empty);
}

function splitBy({ task }: Target, time: TableColumn[], group: TableColumn | undefined): DeclaredTable["split"] {
  const [first, ...others] = time.map(({ name }) => name);
  if (first !== undefined) {
    return {
      declared: { type: "time", columns: [first, ...others], testShare, seed },
      reason: "the last fifth in time is the test part: you named what orders the rows",
    };
  }
  if (group !== undefined) {
    return {
      declared: { type: "group", column: group.name, testShare, seed },
      reason: `rows of one ${titleOf(group)} stay together: you said so`,
    };
  }
  return task === "regression"
    ? { declared: { type: "random", testShare, seed }, reason: "a fifth by chance is the test part" }
    : { declared: { type: "stratified", testShare, seed }, reason: "a fifth of each class by chance is the test part" };
}

function noFeatures(columns: JudgedColumn[], file: string): FalconryError {
  const reasons = columns.filter(({ role }) => role !== "target").map((column) => `"${titleOf(column)}" ${column.why}`);
  return new FalconryError("table.no-features", {
    message: `${file} has no column to learn from${reasons.length === 0 ? " beside the target" : `: ${reasons.slice(0, 5).join("; ")}`}`,
    hint: "Give a table with more columns, or without --exclude",
  });
}
