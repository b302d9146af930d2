import { type Column, type Workload, workloadSchema } from "./workload.ts";

/** A declaration whose parts fit each other: {@link workloadSchema} checks each part alone. */
export const consistentWorkload = workloadSchema.superRefine((workload, { addIssue }) => {
  for (const { path, message } of [
    ...columnFaults(workload),
    ...keyFaults(workload),
    ...targetFaults(workload),
    ...sourceFaults(workload),
    ...splitFaults(workload),
    ...settingFaults(workload),
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
    const { type, range, values, formats } = column;
    const faults: Fault[] = [];
    if (range !== undefined && !isNumeric(column)) faults.push(at("range", `a ${type} has no range`));
    if ((range?.min ?? Number.NEGATIVE_INFINITY) > (range?.max ?? Number.POSITIVE_INFINITY)) faults.push(at("range", "min is above max"));
    if (formats !== undefined && type !== "date" && type !== "timestamp") faults.push(at("formats", `a ${type} has no formats`));
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

function sourceFaults({ columns, source }: Workload): Fault[] {
  const at = (property: string, message: string): Fault => ({ path: ["source", property], message });
  const { rowNumber, decimalComma, delimiter = "," } = source;
  const faults: Fault[] = [];
  if (decimalComma && delimiter === ",") faults.push(at("decimalComma", "a comma cannot stand between fields and in numbers"));
  if (['"', "\n", "\r"].includes(delimiter)) faults.push(at("delimiter", `${JSON.stringify(delimiter)} cannot stand between fields`));
  if (rowNumber === undefined) return faults;
  const column = columnOf(columns, rowNumber);
  if (column === undefined) faults.push(at("rowNumber", notDeclared(rowNumber, columns)));
  else if (column.type !== "integer") faults.push(at("rowNumber", `"${rowNumber}" is a ${column.type}, and has to be an integer`));
  return faults;
}

function splitFaults({ columns, split, target }: Workload): Fault[] {
  if (split.type === "stratified" && target.task === "regression")
    return [{ path: ["split", "type"], message: "a target without classes has no strata: declare random, group or time" }];
  const named = "column" in split ? [split.column] : "columns" in split ? split.columns : [];
  const property = "column" in split ? "column" : "columns";
  return named.flatMap((name) => {
    const at = (message: string): Fault[] => [{ path: ["split", property], message }];
    const column = columnOf(columns, name);
    if (column === undefined) return at(notDeclared(name, columns));
    if (column.knownAfterEvent !== undefined) return at(`"${name}" is declared knownAfterEvent, which feature SQL does not see`);
    if (column.optional) return at(`"${name}" is optional, and what decides where a row goes may not be missing`);
    return split.type === "given" ? givenFaults(split.test, name, column) : [];
  });
}

/** What no row of the column can hold. */
function givenFaults(test: (string | number | boolean)[], name: string, column: Column): Fault[] {
  if (!hasClasses(column))
    return [{ path: ["split", "column"], message: `"${name}" is a ${column.type}, of which no values can be named` }];
  const held = column.type === "integer" ? "number" : column.type;
  return test.flatMap((value, index) => {
    const at = (message: string): Fault[] => [{ path: ["split", "test", index], message }];
    if (typeof value !== held) return at(`"${name}" is of type ${column.type}, ${JSON.stringify(value)} is not`);
    if (column.values === undefined || column.values.includes(String(value))) return [];
    return at(`"${value}" is none of the values of "${name}": ${column.values.join(", ")}`);
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
    return isNumeric(column) ? [] : at(`"${target.column}" is a ${column.type}, and a regression predicts a number`);
  return hasClasses(column) ? [] : at(`"${target.column}" is a ${column.type}, which has no classes`);
}

function settingFaults({ calibration, candidates, costs, gates, metric, target }: Workload): Fault[] {
  const names = candidates.map(({ name }) => name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  return [
    ...(repeated < 0 ? [] : [{ path: ["candidates", repeated, "name"], message: `"${names[repeated]}" is named twice` }]),
    ...(fitsTask(metric, target.task) ? [] : [{ path: ["metric"], message: `${metric} does not measure a ${target.task}` }]),
    ...(costs !== undefined && target.task === "regression"
      ? [{ path: ["costs"], message: "a regression decides between no classes" }]
      : []),
    ...(calibration && target.task === "regression"
      ? [{ path: ["calibration"], message: "a regression has no probabilities to be calibrated" }]
      : []),
    ...(gates.floor <= 1 && (gates.floor >= 0 || metric === "r2")
      ? []
      : [{ path: ["gates", "floor"], message: `${metric} is ${metric === "r2" ? "at most 1" : "in [0, 1]"}, ${gates.floor} is not` }]),
  ];
}

function fitsTask(metric: Workload["metric"], task: Workload["target"]["task"]): boolean {
  return (metric === "r2") === (task === "regression");
}

function isNumeric({ type }: Column): boolean {
  return type === "number" || type === "integer";
}

function hasClasses({ type }: Column): boolean {
  return type === "integer" || type === "boolean" || type === "string";
}

function columnOf(columns: Workload["columns"], name: string): Column | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

function notDeclared(name: string, columns: Workload["columns"]): string {
  return `"${name}" is none of the columns: ${Object.keys(columns).join(", ")}`;
}
