import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pythonEnvironment, writeMlmodel } from "../mlmodel.ts";
import { type ClassifierSpec, classifierGraph } from "../onnx/classifier-graph.ts";
import { OnnxModel } from "../session.ts";
import { graphSignature } from "../signature.ts";
import { runPython } from "./run-python.ts";

const spec: ClassifierSpec = {
  features: [
    { name: "mass", type: "double", impute: 5000, mean: 6000, scale: 4000 },
    { name: "block", type: "double", impute: 3, mean: 3, scale: 1.5 },
    { name: "orbit", type: "string", categories: ["GTO", "ISS"] },
  ],
  classes: [0, 1],
  estimator: { type: "linear", weights: [[0.7, -0.4, 1.2, 0.3]], bias: [0.1] },
  producer: "test",
};

/** pyfunc gives the rows of a graph with one input as a matrix. */
const onlyNumber: ClassifierSpec = {
  ...spec,
  features: spec.features.slice(0, 1),
  estimator: { type: "linear", weights: [[0.7]], bias: [0.1] },
};
const onlyString: ClassifierSpec = {
  ...spec,
  features: spec.features.slice(2),
  estimator: { type: "linear", weights: [[0.7, -0.4]], bias: [0.1] },
};
const onlyConstant: ClassifierSpec = { ...onlyString, estimator: { type: "constant", probabilities: [0.4, 0.6] } };

/** A missing number, an unseen string and a missing one among them. */
const columns = { mass: [525, null, 15_600], block: [1, 4, null], orbit: ["GTO", "polar", ""] };

let environment: Environment;
let folder: string;

beforeAll(async () => {
  environment = await openEnvironment("local");
  folder = await mkdtemp(join(tmpdir(), "falconry-pyfunc-"));
});

afterAll(async () => {
  environment[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

test.for([
  ["several features", spec],
  ["one number", onlyNumber],
  ["one string", onlyString],
  ["a constant", onlyConstant],
] as const)("mlflow.pyfunc loads a registered graph of %s and answers what OnnxModel answers", async ([, spec]) => {
  const graph = classifierGraph(spec);
  const name = `model-pyfunc-${crypto.randomUUID()}`;
  const version = await register(environment, name, spec);
  const rows = join(folder, "rows.json");
  const asked = Object.fromEntries(Object.entries(columns).filter(([column]) => spec.features.some((feature) => feature.name === column)));
  await writeFile(rows, JSON.stringify(asked));
  const printed = await runPython("predict_pyfunc.py", [`models:/${name}/${version}`, rows], {
    MLFLOW_TRACKING_URI: environment.descriptor.tracking.uri,
  });
  const python = z.record(z.string(), z.record(z.string(), z.number())).parse(JSON.parse(printed));
  const { predictions, probabilities } = await (await OnnxModel.load(graph)).predict(columns);
  expect(Object.values(python.prediction ?? {})).toEqual(predictions);
  for (const [index, label] of spec.classes.entries()) {
    expect(Object.values(python[`probability_${label}`] ?? {})).toEqual(
      probabilities?.map((row) => expect.closeTo(row[index] ?? Number.NaN, 6)),
    );
  }
});

/** Logs the graph as a LoggedModel of a run of its own and registers it. */
async function register({ mlflow }: Environment, name: string, spec: ClassifierSpec): Promise<number> {
  const graph = classifierGraph(spec);
  const { experimentId } = await mlflow.experiments.getOrCreate("model-interop");
  const { info } = await mlflow.runs.create({ experimentId, runName: name, startTime: Date.now() });
  const model = await mlflow.loggedModels.create({ experimentId, name, sourceRunId: info.runId });
  const mlmodel = writeMlmodel({
    modelUuid: crypto.randomUUID().replaceAll("-", ""),
    modelId: model.modelId,
    runId: info.runId,
    createdAt: new Date(),
    signature: graphSignature(spec),
    modelBytes: graph.byteLength,
  });
  for (const [path, content] of Object.entries({ MLmodel: mlmodel, "model.onnx": graph, ...pythonEnvironment })) {
    await mlflow.artifacts.upload(model.artifactUri, path, content);
  }
  await mlflow.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  await mlflow.runs.logModels(info.runId, [{ modelId: model.modelId, step: 0 }]);
  await mlflow.runs.update(info.runId, { status: "FINISHED", endTime: Date.now() });
  await mlflow.registeredModels.getOrCreate(name);
  const source = `models:/${model.modelId}`;
  return (await mlflow.modelVersions.create({ name, source, runId: info.runId, modelId: model.modelId })).version;
}
