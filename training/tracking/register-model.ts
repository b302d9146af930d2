import { graphFile, pythonEnvironment, writeMlmodel } from "@falconry/model/mlmodel.ts";
import { graphSignature } from "@falconry/model/signature.ts";
import type { MlflowClient } from "mlflow-client";
import type { Feature } from "../features/feature-table.ts";
import type { TrainingRun } from "./training-run.ts";

export interface NewModel {
  /** Of the registered model. */
  name: string;
  /** The candidate that the graph was exported from. */
  candidate: string;
  graph: Uint8Array;
  features: Feature[];
  classes: (number | string)[];
  /** Of the logged model and the version. */
  tags: Record<string, string>;
  createdAt: Date;
}

/** Logs a graph as a LoggedModel of the run, and registers it as the next version of its name. */
export async function registerModel(mlflow: MlflowClient, run: TrainingRun, model: NewModel): Promise<{ name: string; version: number }> {
  const { name, tags } = model;
  const { modelId, artifactUri } = await mlflow.loggedModels.create({
    experimentId: run.experimentId,
    name,
    sourceRunId: run.id,
    modelType: model.candidate,
    tags,
  });
  const files: Record<string, Uint8Array | string> = {
    MLmodel: writeMlmodel({
      modelUuid: modelId.replace(/^m-/, ""),
      modelId,
      runId: run.id,
      createdAt: model.createdAt,
      signature: graphSignature(model),
      modelBytes: model.graph.byteLength,
    }),
    [graphFile]: model.graph,
    ...pythonEnvironment,
  };
  try {
    for (const [path, content] of Object.entries(files)) await mlflow.artifacts.upload(artifactUri, path, content);
  } catch (error) {
    // the upload's own failure says more than one to write it down
    await mlflow.loggedModels.finalize(modelId, "LOGGED_MODEL_UPLOAD_FAILED").catch(() => {});
    throw error;
  }
  await mlflow.loggedModels.finalize(modelId, "LOGGED_MODEL_READY");
  await mlflow.runs.logModels(run.id, [{ modelId, step: 0 }]);
  run.noteLogged("logged model");
  await mlflow.registeredModels.getOrCreate(name);
  const { version } = await mlflow.modelVersions.create({ name, source: `models:/${modelId}`, runId: run.id, modelId, tags });
  return { name, version };
}
