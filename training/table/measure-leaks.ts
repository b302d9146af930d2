import type { Column } from "@falconry/model/workload.ts";
import { monthNumber } from "../datasets/day-format.ts";
import { recordValidator } from "../datasets/validate-record.ts";
import { type Reading, recogniseType } from "./column-type.ts";
import { type SampledColumn, type SuspectedLeak, suspectLeaks } from "./leaks.ts";
import type { TableColumn } from "./read-table.ts";
import type { Cell, Outcome } from "./single-column.ts";
import type { Target } from "./target.ts";

const millisecondsPerDay = 86_400_000;

/** Measures the sampled rows: every column alone, and the time between each two columns of days, against the target. */
export function measureLeaks(
  columns: TableColumn[],
  typeOf: (column: TableColumn) => Column["type"],
  reading: Reading,
  target: Target,
  { time, group }: { time: TableColumn[]; group?: TableColumn },
): SuspectedLeak[] {
  const outcomes = readCells(target.column, reading);
  const rows = outcomes.flatMap((value, row) => (isOutcome(value, target) ? [row] : []));
  const kept = (cells: Cell[]) => rows.map((row) => cells[row] ?? null);
  const sampled = columns
    .filter((column) => column !== target.column)
    .map((column): SampledColumn => {
      const type = typeOf(column);
      return { name: column.name, cells: kept(readCells(column, reading)), isTime: type === "date" || type === "timestamp" };
    });
  const parts = time.map((column) => ({ column, type: typeOf(column) }));
  const moment =
    parts.length > 1
      ? [{ name: parts.map(({ column }) => column.name).join("/"), cells: kept(momentCells(time, reading)), isTime: true }]
      : [];
  const given = [...time, ...moment, ...(group === undefined ? [] : [group])].map(({ name }) => name);
  return suspectLeaks([...sampled, ...moment], outcomeOf(kept(outcomes), target), given);
}

function isOutcome(value: Cell, { task, classes }: Target): boolean {
  return task === "regression" ? typeof value === "number" : classes.some(([text]) => text === String(value));
}

function outcomeOf(cells: Cell[], { task, classes }: Target): Outcome {
  if (task === "regression") return { task, values: cells.map(Number) };
  // the second class is the one that is looked for: where there are two, the rarer
  const names = classes.map(([text]) => text);
  return { task, labels: cells.map((cell) => names.indexOf(String(cell))), classes: names };
}

/** The sampled values as `falconry ingest` will read them; days are counted from 1970. */
function readCells(column: TableColumn, reading: Reading): Cell[] {
  const { type, formats } = recogniseType(column.profile, reading);
  const declared: Column = { type, description: column.name, optional: true, ...(formats && { formats }) };
  const validate = recordValidator({ columns: { value: declared }, key: [], source: { sample: "", ...reading } });
  return column.sample.map((text) => {
    const checked = validate([text]);
    const value = "values" in checked ? (checked.values[0] ?? null) : null;
    if (typeof value === "boolean") return Number(value);
    return typeof value === "string" && type !== "string" ? Date.parse(value) / millisecondsPerDay : value;
  });
}

/** Day of each row out of year, month (a number or a name) and day, as far as they are given. */
function momentCells(time: TableColumn[], reading: Reading): Cell[] {
  const [years, months, days] = time.map((column) => readCells(column, reading));
  return (years ?? []).map((year, row) => {
    const month = months?.[row] ?? null;
    const number = typeof month === "string" ? monthNumber(month) : month;
    const day = days === undefined ? 1 : days[row];
    if (typeof year !== "number" || number === null || typeof day !== "number") return null;
    const moment = Date.UTC(year, number - 1, day) / millisecondsPerDay;
    return Number.isNaN(moment) ? null : moment;
  });
}
