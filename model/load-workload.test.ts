import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canarySettings } from "./canary.ts";
import { argumentFor, loadWorkload, workloadFolder, workloadNames } from "./load-workload.ts";
import type { Workload } from "./workload.ts";

const pumps = {
  name: "pumps",
  question: "Will this pump fail within a day?",
  source: { sample: "pumps.csv" },
  columns: {
    pump: { type: "string", description: "Serial number" },
    hour: { type: "date", description: "When it was read" },
    pressure: { type: "number", unit: "bar", description: "At the outlet", range: { min: 0, max: 40 }, optional: true },
    failed: { type: "integer", description: "1: it failed within a day", range: { min: 0, max: 1 } },
  },
  key: ["pump", "hour"],
  target: { column: "failed", task: "classification" },
  features: { sql: "features.sql" },
  split: { type: "stratified", testShare: 0.2, seed: 1 },
  crossValidation: { folds: 5, seed: 1 },
  candidates: [{ name: "majority", type: "majority" }],
  metric: "accuracy",
  gates: { floor: 0.6, minimumRows: 10 },
  rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
} satisfies Workload;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-workload-"));
  await writeFile(join(folder, "pumps.csv"), "pump,hour,pressure,failed\n");
  await writeFile(join(folder, "features.sql"), "SELECT * FROM records\n");
});

afterEach(() => rm(folder, { recursive: true }));

/** Writes a workload.ts that declares this, in TypeScript. */
async function declare(workload: unknown): Promise<void> {
  const text = `import type { Workload } from "@falconry/model/workload.ts";\nexport const workload = ${JSON.stringify(workload)} satisfies Workload;\n`;
  await writeFile(join(folder, "workload.ts"), text);
}

describe("a declaration is found", () => {
  test("by the name of its folder in workloads/", async () => {
    const workload = await loadWorkload("falcon");
    expect(workload).toMatchObject({ name: "falcon", target: { column: "landed" } });
    expect(await workloadNames()).toContain("falcon");
  });

  test("by the path of a folder outside the repository, under plain Node", async () => {
    await declare(pumps);
    const loader = new URL("load-workload.ts", import.meta.url).href;
    const program = `import { loadWorkload } from ${JSON.stringify(loader)}; console.log(JSON.stringify(await loadWorkload(${JSON.stringify(folder)})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
    expect(JSON.parse(stdout)).toEqual({ ...pumps, folder });
  });

  test.for([
    ["a name that no folder has", "hawk", 'there is no workload "hawk"'],
    ["a path without a workload.ts", "./model", "model/workload.ts does not exist"],
  ] as const)("but not by %s", async ([, name, message]) => {
    const parent = name.startsWith(".") ? join(folder, name) : name;
    await expect(loadWorkload(parent)).rejects.toMatchObject({
      code: "workload.unknown",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("falcon"),
    });
  });
});

test("what a declaration leaves out of its canary is filled in", async () => {
  await declare({ ...pumps, rollout: { ...pumps.rollout, canary: { minimumRequests: 50 } } } satisfies Workload);
  const { rollout } = await loadWorkload(folder);
  expect(rollout.canary).toEqual({ ...canarySettings(undefined), minimumRequests: 50 });
});

test("a number may be the target of a regression", async () => {
  const leak = { ...pumps.columns.failed, type: "number" as const, description: "Litres lost in a day" };
  await declare({
    ...pumps,
    columns: { ...pumps.columns, failed: leak },
    target: { column: "failed", task: "regression" },
    split: { type: "random", testShare: 0.2, seed: 1 },
    metric: "r2",
    gates: { floor: -0.5, minimumRows: 10 },
  } satisfies Workload);
  expect((await loadWorkload(folder)).target.task).toBe("regression");
});

describe("a declaration that does not hold is refused at the property", () => {
  test.for([
    ["an unknown property", { ...pumps, colour: "red" }, 'workload: Unrecognized key: "colour"'],
    ["a wrong type", { ...pumps, split: { ...pumps.split, testShare: 2 } }, "workload.split.testShare: "],
    ["no export", undefined, "workload: "],
    [
      "an undeclared key",
      { ...pumps, key: ["pump", "minute"] },
      'workload.key.1: "minute" is none of the columns: pump, hour, pressure, failed',
    ],
    ["a repeated key", { ...pumps, key: ["pump", "pump"] }, 'workload.key.1: "pump" is named twice'],
    ["an optional key", { ...pumps, key: ["pressure"] }, 'workload.key.0: "pressure" is optional'],
    ["an undeclared target", target("broken"), 'workload.target.column: "broken" is none of the columns'],
    ["a target inherited from Object", target("constructor"), 'workload.target.column: "constructor" is none of the columns'],
    ["a target that is a key", target("pump"), 'workload.target.column: "pump" is part of the key'],
    ["a target that may be missing", target("pressure"), 'workload.target.column: "pressure" is optional'],
    [
      "a target known after the event",
      column("failed", { knownAfterEvent: "obviously" }),
      'workload.target.column: "failed" is declared knownAfterEvent',
    ],
    [
      "a target without classes",
      column("failed", { type: "number" }),
      'workload.target.column: "failed" is a number, which has no classes',
    ],
    [
      "a regression of a text",
      {
        ...pumps,
        columns: { ...pumps.columns, failed: { type: "string", description: "What broke" } },
        target: { column: "failed", task: "regression" },
      },
      'workload.target.column: "failed" is a string, and a regression predicts a number',
    ],
    ["a range of strings", column("pump", { range: { min: 1 } }), "workload.columns.pump.range: a string has no range"],
    ["an empty range", column("failed", { range: { min: 2, max: 1 } }), "workload.columns.failed.range: min is above max"],
    ["values of a number", column("failed", { values: ["0", "1"] }), "workload.columns.failed.values: only a string has values"],
    [
      "two candidates of one name",
      { ...pumps, candidates: [...pumps.candidates, ...pumps.candidates] },
      'workload.candidates.1.name: "majority" is named twice',
    ],
    [
      "a floor that nothing reaches",
      { ...pumps, gates: { ...pumps.gates, floor: 80 } },
      "workload.gates.floor: accuracy is in [0, 1], 80 is not",
    ],
    [
      "a bake longer than SageMaker waits",
      canary({ maxBakeSeconds: 4000 }),
      "workload.rollout.canary.maxBakeSeconds: Too big: expected number to be <=3600",
    ],
    [
      "a bake shorter than containers count",
      canary({ minimumBakeSeconds: 5 }),
      "workload.rollout.canary.minimumBakeSeconds: it must be at least windowSeconds",
    ],
    [
      "a bake that ends before the judge may speak",
      canary({ maxBakeSeconds: 300 }),
      "workload.rollout.canary.maxBakeSeconds: it must be at least minimumBakeSeconds + windowSeconds + silenceToAlarmSeconds",
    ],
    ["a setting of the canary that is none", canary({ errors: 0 }), 'workload.rollout.canary: Unrecognized key: "errors"'],
    ["formats of a number", column("pressure", { formats: ["D.M.YYYY"] }), "workload.columns.pressure.formats: a number has no formats"],
    [
      "a regression of a text",
      {
        ...pumps,
        target: { column: "failed", task: "regression" },
        columns: { ...pumps.columns, failed: { type: "string", description: "?" } },
      },
      'workload.target.column: "failed" is a string, and a regression predicts a number',
    ],
    [
      "strata of a regression",
      { ...pumps, target: { column: "failed", task: "regression" } },
      "workload.split.type: a target without classes has no strata",
    ],
    [
      "a measure of classes for a regression",
      { ...pumps, target: { column: "failed", task: "regression" }, split: { type: "random", testShare: 0.2, seed: 1 } },
      "workload.metric: accuracy does not measure a regression",
    ],
    ["calibration of a regression", regression({ calibration: true }), "workload.calibration: a regression has no probabilities"],
    [
      "costs of a regression's classes",
      regression({ costs: { positive: 1, falsePositive: 1, falseNegative: 2 } }),
      "workload.costs: a regression decides between no classes",
    ],
    [
      "mistakes that cost nothing",
      { ...pumps, costs: { positive: 1, falsePositive: 0, falseNegative: 2 } },
      "workload.costs.falsePositive: Too small",
    ],
    ["a measure of numbers for classes", { ...pumps, metric: "r2" }, "workload.metric: r2 does not measure a classification"],
    ["a split by an undeclared column", split({ type: "group", column: "site" }), 'workload.split.column: "site" is none of the columns'],
    ["a split by an optional column", split({ type: "time", columns: ["pressure"] }), 'workload.split.columns: "pressure" is optional'],
    ["given rows of moments", given("hour", ["2024-01-01"]), 'workload.split.column: "hour" is a date, of which no values can be named'],
    ["given rows of another type", given("failed", ["1"]), 'workload.split.test.0: "failed" is of type integer, "1" is not'],
    [
      "given rows that no file may hold",
      {
        ...pumps,
        columns: { ...pumps.columns, pump: { ...pumps.columns.pump, values: ["A", "B"] } },
        split: { type: "given", column: "pump", test: ["B", "C"] },
      },
      'workload.split.test.1: "C" is none of the values of "pump": A, B',
    ],
    ["a comma for two things", source({ decimalComma: true }), "workload.source.decimalComma: a comma cannot stand between fields"],
    ["a quote between fields", source({ delimiter: '"' }), 'workload.source.delimiter: "\\"" cannot stand between fields'],
    ["a row number that is not declared", source({ rowNumber: "row" }), 'workload.source.rowNumber: "row" is none of the columns'],
    ["a row number of text", source({ rowNumber: "pump" }), 'workload.source.rowNumber: "pump" is a string'],
    [
      "a candidate's module that is not there",
      { ...pumps, candidates: [{ name: "own", type: "module", module: "./own.ts" }] },
      "workload.candidates.0.module: ",
    ],
    ["a file that is not there", { ...pumps, features: { sql: "query.sql" } }, "workload.features.sql: "],
  ] as const)("%s", async ([, workload, message]) => {
    await declare(workload);
    await expect(loadWorkload(folder)).rejects.toMatchObject({
      code: "workload.invalid",
      message: expect.stringContaining(`${join(folder, "workload.ts")}: ${message}`),
    });
  });

  test("a file that is no TypeScript", async () => {
    await writeFile(join(folder, "workload.ts"), "export const workload = {");
    await expect(loadWorkload(folder)).rejects.toMatchObject({
      code: "workload.invalid",
      message: expect.stringContaining("workload.ts: "),
    });
  });
});

function target(column: string): unknown {
  return { ...pumps, target: { ...pumps.target, column } };
}

function split(settings: object): unknown {
  return { ...pumps, split: { testShare: 0.2, seed: 1, ...settings } };
}

function regression(changes: object): unknown {
  return {
    ...pumps,
    target: { column: "failed", task: "regression" },
    split: { type: "random", testShare: 0.2, seed: 1 },
    metric: "r2",
    ...changes,
  };
}

function given(column: string, test: unknown[]): unknown {
  return { ...pumps, split: { type: "given", column, test } };
}

function source(settings: object): unknown {
  return { ...pumps, source: { ...pumps.source, ...settings } };
}

function canary(settings: object): unknown {
  return { ...pumps, rollout: { ...pumps.rollout, canary: settings } };
}

function column(name: keyof typeof pumps.columns, changes: object): unknown {
  return { ...pumps, columns: { ...pumps.columns, [name]: { ...pumps.columns[name], ...changes } } };
}

test.each(["falcon", ".", "./pumps", "../elsewhere/pumps"])(
  "a command takes %s for what stands there, and an advice says the same",
  (given) => {
    expect(argumentFor({ folder: workloadFolder(given) })).toBe(given);
  },
);
