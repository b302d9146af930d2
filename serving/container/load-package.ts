import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { graphFile, readMlmodel } from "@falconry/model/mlmodel.ts";
import { manifestFile, readPackageManifest } from "@falconry/model/package.ts";
import { OnnxModel } from "@falconry/model/session.ts";

/**
 * Loads a model package from a folder: model.onnx, MLmodel beside it where there is one. Where manifest.json stands, every file
 * that it lists must hash to what it says.
 *
 * @throws FalconryError `container.package-missing`, `container.package-corrupt`, `container.self-check`, and what {@link OnnxModel.load} throws
 */
export async function loadPackage(folder: string): Promise<OnnxModel> {
  await verifyManifest(folder);
  const text = await readOptional(folder, "MLmodel");
  const mlmodel = text === undefined ? { graph: graphFile } : readMlmodel(text.toString("utf8"));
  const graph = await readOptional(folder, mlmodel.graph);
  if (graph === undefined) {
    throw new FalconryError("container.package-missing", {
      message: `${join(folder, mlmodel.graph)} does not exist`,
      hint: "Point the SageMaker model's ModelDataSource at a folder that holds model.onnx and MLmodel, or set SM_MODEL_DIR",
    });
  }
  const model = await OnnxModel.load(graph, mlmodel.signature);
  await checkItself(model);
  return model;
}

async function verifyManifest(folder: string): Promise<void> {
  const text = await readOptional(folder, manifestFile);
  if (text === undefined) return;
  const manifest = readPackageManifest(text.toString("utf8"));
  if (manifest === undefined) throw corrupt(`${join(folder, manifestFile)} is no list of files and SHA-256 hashes`);
  for (const [name, expected] of Object.entries(manifest)) {
    const content = await readOptional(folder, name);
    const found = content === undefined ? "no file" : sha256(content);
    if (found !== expected) throw corrupt(`${join(folder, name)}: manifest.json says ${expected}, found ${found}`);
  }
}

function corrupt(message: string): FalconryError {
  return new FalconryError("container.package-corrupt", {
    message,
    hint: "Publish the model's package again; nothing is served from changed bytes",
  });
}

/** One row of zeros and empty strings must be answered with one prediction and finite probabilities that sum to 1. */
async function checkItself(model: OnnxModel): Promise<void> {
  const row = model.inputs.map(({ name, type }) => [name, [type === "double" ? 0 : ""]]);
  const { predictions, probabilities } = await model.predict(Object.fromEntries(row));
  const sum = probabilities?.[0]?.reduce((total, probability) => total + probability, 0) ?? 1;
  if (predictions.length === 1 && Math.abs(sum - 1) < 1e-3) return;
  throw new FalconryError("container.self-check", {
    message: `a row of zeros and empty strings gives ${predictions.length} predictions, and probabilities that sum to ${sum}`,
    hint: "Load the model with onnxruntime and predict one row of zeros: the graph is broken",
  });
}

async function readOptional(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
