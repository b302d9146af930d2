import type { ColumnDrift, ColumnSummary } from "@falconry/training/datasets/diff/column-drift.ts";
import type { DatasetDiff } from "@falconry/training/datasets/diff/diff-datasets.ts";
import type { FolderDiff } from "@falconry/training/datasets/diff/diff-folders.ts";
import type { TableDiff } from "@falconry/training/datasets/diff/diff-tables.ts";
import { type Cell, facts, shortDigest, table } from "./table.ts";

export function renderDiff(diff: DatasetDiff): string {
  const versions: [string, Cell][] = [
    ["dataset", diff.name],
    ["from", shortDigest(diff.from)],
    ["to", shortDigest(diff.to)],
  ];
  return diff.kind === "table" ? renderTables(versions, diff) : renderFolders(versions, diff);
}

function renderTables(versions: [string, Cell][], { key, rows, examples, columns, drift }: TableDiff): string {
  const { added, removed, changed, same } = rows;
  const named = (each: string[][]) => (each.length === 0 ? "" : `, as ${each.map((values) => values.join(" ")).join("; ")}`);
  const cells = examples.changed.map(
    (cell) => `${cell.key.join(" ")}: ${cell.column} ${cell.from ?? "missing"} -> ${cell.to ?? "missing"}`,
  );
  const parts = [
    facts([
      ...versions,
      ["key", key.join(", ")],
      ["rows", `${rows.from} -> ${rows.to}: ${same} the same`],
      ["added", `${added}${named(examples.added)}`],
      ["removed", `${removed}${named(examples.removed)}`],
      ["changed", [String(changed), ...cells].join("\n")],
      ...columnFacts(columns),
    ]),
  ];
  if (drift.length > 0)
    parts.push("", table(["column", "drift", "psi", "by chance up to", "changed rows", "from", "to"], drift.map(driftRow)));
  return parts.join("\n");
}

function columnFacts({ added, removed, changed }: TableDiff["columns"]): [string, Cell][] {
  const typed = ({ type, unit }: { type: string; unit?: string | undefined }) => (unit === undefined ? type : `${type}, ${unit}`);
  const lines = [
    ...added.map((column) => `${column.name} (${typed(column)}) was added`),
    ...removed.map((column) => `${column.name} (${typed(column)}) was removed`),
    ...changed.map(({ name, from, to }) => `${name}: ${typed(from)} -> ${typed(to)}`),
  ];
  return [["columns", lines.length === 0 ? "the same" : lines.join("\n")]];
}

function driftRow({ column, verdict, psi, chance, changedRows, from, to }: ColumnDrift): Cell[] {
  return [column, verdict, psi.toFixed(3), chance.toFixed(3), changedRows, summarised(from), summarised(to)];
}

function summarised({ missing, mean, deviation, distinct }: ColumnSummary): string {
  const short = (value: number | null | undefined) => (value === null || value === undefined ? "-" : String(Number(value.toPrecision(4))));
  const values = distinct === undefined ? `mean ${short(mean)}, deviation ${short(deviation)}` : `${distinct} different`;
  return missing === 0 ? values : `${values}, ${(100 * missing).toFixed(1)} % missing`;
}

function renderFolders(versions: [string, Cell][], { files, newBytes, examples }: FolderDiff): string {
  const listed = (count: number, paths: string[]) => [String(count), ...paths, ...(count > paths.length ? ["…"] : [])].join("\n");
  return facts([
    ...versions,
    ["files", `${files.from} -> ${files.to}: ${files.same} the same`],
    ["added", listed(files.added, examples.added)],
    ["removed", listed(files.removed, examples.removed)],
    ["changed", listed(files.changed, examples.changed)],
    [
      "moved",
      listed(
        files.moved,
        examples.moved.map(({ from, to }) => `${from} -> ${to}`),
      ),
    ],
    ["new", `${newBytes} bytes of chunks`],
  ]);
}
