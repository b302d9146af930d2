import type { Column, Workload } from "@falconry/model/workload.ts";
import { comment } from "./comment.ts";
import { type DeclaredTable, declaredColumns } from "./declare.ts";
import { defaultSettings } from "./default-settings.ts";
import type { ReadTable } from "./read-table.ts";
import type { JudgedColumn } from "./roles.ts";
import { titleOf } from "./target.ts";

export interface NewWorkload {
  name: string;
  /** File of the table, beside workload.ts. */
  sample: string;
}

/** The declaration of a table nobody has described. */
export function workloadOf({ name, sample }: NewWorkload, table: ReadTable, declared: DeclaredTable): Workload {
  const { target, key, split, numbered, reading } = declared;
  const { encoding, delimiter, header, records } = table;
  return {
    name,
    question: `What will ${titleOf(target.column).replace(/\s+/g, " ").trim()} be?`,
    source: {
      sample,
      ...(delimiter !== "," && { delimiter }),
      ...(encoding !== "utf-8" && { encoding }),
      ...(!header.named && { header: false }),
      ...(reading.decimalComma && { decimalComma: true }),
      ...(reading.missing.length > 0 && { missing: reading.missing }),
      ...(numbered && { rowNumber: key }),
    },
    columns: declaredColumns(declared, header.named),
    key: [key],
    target: { column: target.column.name, task: target.task },
    features: { sql: "features.sql" },
    split: split.declared,
    ...defaultSettings(declared, records).declared,
  };
}

/** The same as a module to be edited, each decision with its reason. */
export function workloadText(workload: Workload, table: ReadTable, declared: DeclaredTable): string {
  const { name, question, source, columns, key, target, features, split, crossValidation, candidates, metric, gates, rollout } = workload;
  const { reasons } = defaultSettings(declared, table.records);
  const judged = new Map(declared.columns.map((column) => [column.name, column]));
  const suspected = new Map(declared.leaks.filter(({ certain }) => !certain).map((leak) => [leak.column, leak.reason]));
  const columnLines = Object.entries(columns).flatMap(([column, declaration]) => [
    ...reasonsOf(judged.get(column), suspected.get(column)).map((reason) => `    // ${comment(reason)}`),
    `    ${column}: ${written(declaration)},`,
  ]);
  const unusable = table.unusable === 0 ? "" : `, ${table.unusable} of them with another number of fields or broken quotes`;
  return `import type { Workload } from "@falconry/model/workload.ts";

// Made by \`falconry new\` from ${comment(source.sample)}: ${table.records} records${unusable}. Edit whatever you know better.
export const workload = {
  name: ${written(name)},
  question: ${written(question)},
  // the header: ${comment(table.header.reason)}
  source: ${written(source)},
  columns: {
${columnLines.join("\n")}
  },
  // ${declared.numbered ? "no column names each row once: the record's number in its file does" : comment(`every row has another ${key[0]}`)}
  key: ${written(key)},
  // ${comment(declared.target.reason)}
  target: ${written(target)},
  features: ${written(features)},
  // ${comment(declared.split.reason)}
  split: ${written(split)},
  crossValidation: ${written(crossValidation)},
  // ${reasons.candidates}
  candidates: [
${candidates.map((candidate) => `    ${written(candidate)},`).join("\n")}
  ],
  // ${reasons.metric}
  metric: ${written(metric)},
  // ${reasons.floor}
  gates: ${written(gates)},
  rollout: ${written(rollout)},
} satisfies Workload;
`;
}

function reasonsOf(column: JudgedColumn | undefined, suspicion: string | undefined): string[] {
  if (column === undefined) return ["not in the file: counted while it is read"];
  const { recognised, missing, why } = column;
  const misfits = recognised.misfits === 0 ? "" : `; ${recognised.misfits} values are no such thing, and their records go to quarantine`;
  return [
    [`${recognised.reason}${missing > 0 ? `, ${missing} missing` : ""}${misfits}`, why].filter((part) => part !== "").join("; "),
    ...(suspicion === undefined ? [] : [`${suspicion}: is it known beforehand? If not, declare knownAfterEvent`]),
  ];
}

/** As a person would write it: names without quotes. */
function written(value: Column | unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${name}: ${written(member)}`);
  return `{ ${members.join(", ")} }`;
}
