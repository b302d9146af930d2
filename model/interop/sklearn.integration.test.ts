import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { OnnxModel } from "../session.ts";
import { parseSchema } from "../signature.ts";
import { runPython } from "./run-python.ts";

const label = z.union([z.number(), z.string()]);

/** What scikit-learn itself answers, as export_sklearn.py writes it. */
const expectation = z.object({
  columns: z.record(z.string(), z.array(label)),
  signature: z.object({ inputs: z.string() }),
  predictions: z.array(label),
  classes: z.array(label).default([]),
  probabilities: z.array(z.array(z.number())).optional(),
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-sklearn-"));
  await runPython("export_sklearn.py", [folder]);
});

afterAll(() => rm(folder, { recursive: true }));

test.for(["numbered-classes", "named-classes", "forest", "regression", "without-zipmap", "column-inputs"])(
  "a model that skl2onnx exported answers as scikit-learn does: %s",
  async (name) => {
    const expected = expectation.parse(JSON.parse(await readFile(join(folder, `${name}.json`), "utf8")));
    const model = await OnnxModel.load(await readFile(join(folder, `${name}.onnx`)), { inputs: parseSchema(expected.signature.inputs) });
    expect(model.inputs.map((input) => input.name)).toEqual(Object.keys(expected.columns));
    expect(model.classes).toEqual(expected.classes);
    const answer = await model.predict(expected.columns);
    if (expected.probabilities === undefined) expect(answer.predictions).toEqual(expected.predictions.map(close));
    else expect(answer).toEqual({ predictions: expected.predictions, probabilities: expected.probabilities.map((row) => row.map(close)) });
  },
);

function close(value: number | string): unknown {
  return typeof value === "number" ? expect.closeTo(value, 5) : value;
}
