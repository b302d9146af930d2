import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exportGraph } from "../export/export-graph.ts";
import { smallWorkload } from "../testing/small-workload.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { Candidate } from "./candidate.ts";
import { declaredCandidates } from "./declared.ts";
import { fitModel } from "./fit-model.ts";

const rows = tableOf(
  { x: numbers([1, 2, 3, null, 9, 10]), place: ["Rome", "Rome", null, "Bari", "Bari", "Bari"] },
  [0, 0, 0, 1, 1, 1],
  ["no", "yes"],
);

/** Loads a module of this text as the candidate "own". */
async function loaded(text: string, settings?: Record<string, number>): Promise<Candidate> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "own.ts"), text);
  const workload = smallWorkload(folder, {
    candidates: [{ name: "own", type: "module", module: "./own.ts", ...(settings && { settings }) }],
  });
  const [candidate] = await declaredCandidates(workload);
  if (candidate === undefined) throw new Error("no candidate was made");
  return candidate;
}

/** A module whose fit gives this back. */
function giving(fitted: string): string {
  return `export const candidate = () => ({ inputs: "standardised", fit: async ({ inputs, classes }) => (${fitted}) });`;
}

const halves = "predict: ({ rows }) => Array.from({ length: rows }, () => [0.5, 0.5])";
const constant = 'estimator: { type: "constant", probabilities: [0.5, 0.5] }';

describe("the README's example", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const [, example = ""] = /```ts\n(.*?export const candidate.*?)```/s.exec(readme) ?? [];

  test("tells classes apart, and its graph answers as it does", async () => {
    const model = await fitModel(await loaded(example, { sharpness: 2 }), rows, 1);
    const answers = model.predict(rows);
    expect(answers.map((row) => row.indexOf(Math.max(...row)))).toEqual(rows.labels);
    await expect(exportGraph(model, rows)).resolves.toBeInstanceOf(Uint8Array);
  });

  test("is known by its settings and its file's hash, and when the file changes by another hash and other code", async () => {
    const folder = await temporaryFolder();
    const workload = smallWorkload(folder, {
      candidates: [{ name: "own", type: "module", module: "./own.ts", settings: { sharpness: 2 } }],
    });
    await writeFile(join(folder, "own.ts"), example);
    const [before] = await declaredCandidates(workload);
    expect(before?.settings).toEqual({ module: "./own.ts", sha256: expect.stringMatching(/^[0-9a-f]{64}$/), sharpness: "2" });
    await writeFile(join(folder, "own.ts"), giving(`{ ${halves}, ${constant} }`).replace("standardised", "raw"));
    const [after] = await declaredCandidates(workload);
    expect(after?.inputs).toBe("raw");
    expect(after?.settings.sha256).not.toBe(before?.settings.sha256);
  });
});

describe("a module that cannot be used is refused before anything is fitted", () => {
  test.for([
    ["no export", "export const model = 1;", "workload.invalid", /own\.ts exports no function candidate$/],
    ["what does not load", "export const candidate = ;", "workload.invalid", /own\.ts: ./],
    [
      "a function that throws",
      'export const candidate = () => {\n  throw new RangeError("no");\n};',
      "train.candidate-failed",
      /RangeError: no/,
    ],
    [
      "unknown inputs",
      'export const candidate = () => ({ inputs: "scaled" });',
      "train.candidate-failed",
      /inputs is scaled, and has to be one of standardised/,
    ],
    ["no fit", 'export const candidate = () => ({ inputs: "raw" });', "train.candidate-failed", /no function fit/],
    ["nothing", "export const candidate = () => undefined;", "train.candidate-failed", /inputs is undefined/],
  ] as const)("%s", async ([, text, code, message]) => {
    await expect(loaded(text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe("a fit is not taken at its word", () => {
  test.for([
    [
      "that throws",
      'export const candidate = () => ({\n  inputs: "raw",\n  fit() {\n    null.x;\n  },\n});',
      /own", \.\/own\.ts: TypeError: .*\(line 4\)$/,
    ],
    ["without predict", giving("{}"), /no function predict/],
    ["without an estimator", giving(`{ ${halves} }`), /the estimator's type is undefined, and has to be one of constant/],
    [
      "whose weights do not fit the inputs",
      giving(`{ ${halves}, estimator: { type: "linear", weights: [[1]], bias: [0] } }`),
      /its estimator makes no graph: layer 1 must have finite weights 3 x 1/,
    ],
    [
      "of another task",
      giving(`{ ${halves}, estimator: { type: "mean", value: 1 } }`),
      /its estimator makes no graph: a mean tells no classes apart/,
    ],
    ["that gives too few answers", giving(`{ predict: () => [[0.5, 0.5]], ${constant} }`), /predict gave 1 answers for 6 rows/],
    ["that gives nothing", giving(`{ predict: () => undefined, ${constant} }`), /predict gave no answers for 6 rows/],
    [
      "that gives a number for a class",
      giving(`{ predict: ({ rows }) => Array(rows).fill([1]), ${constant} }`),
      /predict gave \[1\] for row 0, in place of 2 probabilities that add up to 1/,
    ],
    [
      "whose probabilities do not add up",
      giving(`{ predict: ({ rows }) => Array(rows).fill([0.5, 0.6]), ${constant} }`),
      /\[0\.5,0\.6\] for row 0/,
    ],
    ["whose probabilities are negative", giving(`{ predict: ({ rows }) => Array(rows).fill([-1, 2]), ${constant} }`), /\[-1,2\] for row 0/],
    ["that gives no numbers", giving(`{ predict: ({ rows }) => Array(rows).fill([NaN, 1]), ${constant} }`), /\[null,1\] for row 0/],
  ] as const)("one %s", async ([, text, message]) => {
    const fitting = loaded(text).then(async (candidate) => (await fitModel(candidate, rows, 1)).predict(rows));
    await expect(fitting).rejects.toMatchObject({ code: "train.candidate-failed", message: expect.stringMatching(message) });
  });

  test("whose estimator says something else than its answers", async () => {
    const text = giving(`{ ${halves}, estimator: { type: "constant", probabilities: [0.25, 0.75] } }`);
    await expect(fitModel(await loaded(text), rows, 1).then((model) => exportGraph(model, rows))).rejects.toMatchObject({
      code: "train.export-differs",
      message: "0: probability of no is 0.25 by the graph, 0.5 by the fitted model",
    });
  });

  test("of a regression gives one number a row", async () => {
    const numbers = { ...rows, labels: [1, 2, 3, 4, 5, 6], classes: [] };
    const text = (value: string) =>
      giving(`{ predict: ({ rows }) => Array(rows).fill([${value}]), estimator: { type: "mean", value: 3 } }`);
    expect((await fitModel(await loaded(text("3")), numbers, 1)).predict(numbers)[0]).toEqual([3]);
    const wrong = await fitModel(await loaded(text("1, 2")), numbers, 1);
    expect(() => wrong.predict(numbers)).toThrow("[1,2] for row 0, in place of one number");
  });
});
