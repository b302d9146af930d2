import { graphFile, pythonEnvironment, writeMlmodel } from "@falconry/model/mlmodel.ts";
import { graphSignature } from "@falconry/model/signature.ts";
import { type LoggedModel, type MlflowClient, where } from "mlflow-client";
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

/**
 * Logs a graph as the LoggedModel of the run, and registers it as the next version of its name. Done again, it goes on where it was left, and ends with the
 * same version.
 */
export async function registerModel(mlflow: MlflowClient, run: TrainingRun, model: NewModel): Promise<{ name: string; version: number }> {
  const { name, tags } = model;
  for await (const { name: of, version } of mlflow.modelVersions.search({ filter: where.modelVersion.runId.is(run.id) })) {
    if (of === name) return { name, version };
  }
  const { modelId } = await readyModel(mlflow, run, model);
  const { outputs } = await mlflow.runs.get(run.id);
  if (!outputs.models.some((output) => output.modelId === modelId)) await mlflow.runs.logModels(run.id, [{ modelId, step: 0 }]);
  await mlflow.registeredModels.getOrCreate(name);
  const { version } = await mlflow.modelVersions.create({ name, source: `models:/${modelId}`, runId: run.id, modelId, tags });
  return { name, version };
}

async function readyModel(mlflow: MlflowClient, run: TrainingRun, model: NewModel): Promise<LoggedModel> {
  const logged = (await modelOf(mlflow, run)) ?? (await create(mlflow, run, model));
  if (logged.status === "LOGGED_MODEL_READY") return logged;
  const { modelId, artifactUri } = logged;
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
  for (const [path, content] of Object.entries(files)) await mlflow.artifacts.upload(artifactUri, path, content);
  return await mlflow.loggedModels.finalize(modelId, "LOGGED_MODEL_READY");
}

/** What an earlier try has left: one is created per run. */
async function modelOf(mlflow: MlflowClient, run: TrainingRun): Promise<LoggedModel | undefined> {
  const found = mlflow.loggedModels.search({ experimentIds: [run.experimentId], filter: `source_run_id = '${run.id}'` });
  for await (const logged of found) return logged;
  return undefined;
}

async function create(mlflow: MlflowClient, run: TrainingRun, { name, candidate, tags }: NewModel): Promise<LoggedModel> {
  return await mlflow.loggedModels.create({ experimentId: run.experimentId, name, sourceRunId: run.id, modelType: candidate, tags });
}
