import type { MadeWorkload } from "@falconry/training/table/new-workload.ts";
import { facts, table } from "./table.ts";

const shownColumns = 60;

/** @param called the name or path that commands take */
export function renderNewWorkload({ folder, table: read, target, key, columns, leaks }: MadeWorkload, called: string): string {
  const about = facts([
    ["written", `${folder}: workload.ts, features.sql and the table`],
    [
      "read",
      `${read.records} records, ${read.encoding}, fields between ${JSON.stringify(read.delimiter)}, ${read.header ? "columns named" : "no header"}`,
    ],
    ["unusable", read.unusable === 0 ? "none" : `${read.unusable} records, which go to quarantine`],
    ["target", `${target.column}, ${target.task}${target.classes === 0 ? "" : ` of ${target.classes} classes`}`],
    ["key", key],
  ]);
  const shown = table(
    ["column", "type", "role", "missing", "because"],
    columns.slice(0, shownColumns).map(({ name, type, role, missing, reason }) => [name, type, role, missing, reason]),
  );
  const more = columns.length > shownColumns ? `and ${columns.length - shownColumns} more, all in workload.ts` : "";
  const found = leaks
    .map(({ column, reason, certain }) => `leak: ${column}, ${reason}; ${certain ? "left out" : "is it known beforehand?"}`)
    .join("\n");
  return [
    about,
    [shown, more].filter((part) => part !== "").join("\n"),
    found,
    `Next: falconry ingest ${called} && falconry train ${called}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
