import type { z } from "zod";
import { type Column, type Workload, workloadSchema } from "./workload.ts";

/** A declaration whose parts fit each other: {@link workloadSchema} checks each part alone. */
export const consistentWorkload = workloadSchema.superRefine((workload, { addIssue }) => {
  for (const { path, message } of [
    ...columnFaults(workload),
    ...keyFaults(workload),
    ...targetFaults(workload),
    ...settingFaults(workload),
    ...canaryFaults(workload),
  ]) {
    addIssue({ code: "custom", path, message });
  }
});

interface Fault {
  path: (string | number)[];
  message: string;
}

function columnFaults({ columns }: Workload): Fault[] {
  return Object.entries(columns).flatMap(([name, column]) => {
    const at = (property: string, message: string): Fault => ({ path: ["columns", name, property], message });
    const { type, range, values } = column;
    const faults: Fault[] = [];
    if (range !== undefined && type !== "number" && type !== "integer") faults.push(at("range", `a ${type} has no range`));
    if ((range?.min ?? Number.NEGATIVE_INFINITY) > (range?.max ?? Number.POSITIVE_INFINITY)) faults.push(at("range", "min is above max"));
    if (values !== undefined && type !== "string") faults.push(at("values", `only a string has values, this is a ${type}`));
    return faults;
  });
}

function keyFaults({ columns, key }: Workload): Fault[] {
  return key.flatMap((name, index) => {
    const at = (message: string): Fault[] => [{ path: ["key", index], message }];
    if (key.indexOf(name) !== index) return at(`"${name}" is named twice`);
    const column = columnOf(columns, name);
    if (column === undefined) return at(notDeclared(name, columns));
    return column.optional ? at(`"${name}" is optional, and a key may not be missing`) : [];
  });
}

function targetFaults({ columns, key, target }: Workload): Fault[] {
  const at = (message: string): Fault[] => [{ path: ["target", "column"], message }];
  const column = columnOf(columns, target.column);
  if (column === undefined) return at(notDeclared(target.column, columns));
  if (key.includes(target.column)) return at(`"${target.column}" is part of the key`);
  if (column.optional) return at(`"${target.column}" is optional, and a target may not be missing`);
  if (column.knownAfterEvent !== undefined)
    return at(`"${target.column}" is declared knownAfterEvent, which training refuses; a target need not be`);
  if (target.task === "regression")
    return column.type === "number" || column.type === "integer"
      ? []
      : at(`"${target.column}" is a ${column.type}, and a regression predicts a number`);
  return column.type === "number" || column.type === "date" ? at(`"${target.column}" is a ${column.type}, which has no classes`) : [];
}

function settingFaults({ candidates, gates }: Workload): Fault[] {
  const names = candidates.map(({ name }) => name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  return [
    ...(repeated < 0 ? [] : [{ path: ["candidates", repeated, "name"], message: `"${names[repeated]}" is named twice` }]),
    ...(gates.floor >= 0 && gates.floor <= 1
      ? []
      : [{ path: ["gates", "floor"], message: `every metric lies in [0, 1], ${gates.floor} does not` }]),
  ];
}

/** The judge must have time for a verdict before its silence is taken for one (D4). */
function canaryFaults({ rollout: { canary } }: z.output<typeof workloadSchema>): Fault[] {
  if (canary === undefined) return [];
  const { minimumBakeSeconds, silenceToAlarmSeconds, maxBakeSeconds } = canary;
  if (minimumBakeSeconds + silenceToAlarmSeconds < maxBakeSeconds) return [];
  const message = `${maxBakeSeconds} leaves no time for a verdict between minimumBakeSeconds (${minimumBakeSeconds}) and the last silenceToAlarmSeconds (${silenceToAlarmSeconds})`;
  return [{ path: ["rollout", "canary", "maxBakeSeconds"], message }];
}

function columnOf(columns: Workload["columns"], name: string): Column | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

function notDeclared(name: string, columns: Workload["columns"]): string {
  return `"${name}" is none of the columns: ${Object.keys(columns).join(", ")}`;
}
