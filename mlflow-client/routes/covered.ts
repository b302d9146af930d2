import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MlflowClient } from "../src/index.ts";
import { partsFromBytes } from "../src/upload-in-parts.ts";

export interface Covered {
  /** As `GET /api/2.0/mlflow/runs/get`; `{…}` stands for a part of the path. */
  route: string;
  /** What a caller writes. */
  method: string;
  /** Asks for the route, among others. */
  ask: (client: MlflowClient) => Promise<unknown>;
}

const mlflow = "/api/2.0/mlflow";
const files = "/api/2.0/mlflow-artifacts";
const uri = "mlflow-artifacts:/1/r/artifacts";
const dataset = { name: "launches", digest: "0123", sourceType: "s3", source: "{}" };

/** The routes that the client asks for. A test carries each out. */
export const covered: readonly Covered[] = [
  experiment("POST", "create", "create", ({ experiments }) => experiments.create({ name: "e" })),
  experiment("GET", "get", "get", ({ experiments }) => experiments.get("1")),
  experiment("GET", "get-by-name", "getByName", ({ experiments }) => experiments.getByName("e")),
  experiment("POST", "search", "search", ({ experiments }) => first(experiments.search())),
  experiment("POST", "update", "rename", ({ experiments }) => experiments.rename("1", "f")),
  experiment("POST", "delete", "delete", ({ experiments }) => experiments.delete("1")),
  experiment("POST", "restore", "restore", ({ experiments }) => experiments.restore("1")),
  experiment("POST", "set-experiment-tag", "setTag", ({ experiments }) => experiments.setTag("1", "k", "v")),
  experiment("POST", "delete-experiment-tag", "deleteTag", ({ experiments }) => experiments.deleteTag("1", "k")),

  run("POST", "create", "create", ({ runs }) => runs.create({ experimentId: "1" })),
  run("GET", "get", "get", ({ runs }) => runs.get("r")),
  run("POST", "update", "update", ({ runs }) => runs.update("r", { status: "FINISHED" })),
  run("POST", "delete", "delete", ({ runs }) => runs.delete("r")),
  run("POST", "restore", "restore", ({ runs }) => runs.restore("r")),
  run("POST", "search", "search", ({ runs }) => first(runs.search({ experimentIds: ["1"] }))),
  run("POST", "log-batch", "logBatch", ({ runs }) => runs.logBatch("r", { params: { C: "1" } })),
  run("POST", "set-tag", "setTag", ({ runs }) => runs.setTag("r", "k", "v")),
  run("POST", "delete-tag", "deleteTag", ({ runs }) => runs.deleteTag("r", "k")),
  run("POST", "log-inputs", "logDatasets", ({ runs }) => runs.logDatasets("r", [{ dataset }])),
  run("POST", "outputs", "logModels", ({ runs }) => runs.logModels("r", [{ modelId: "m-1", step: 0 }])),
  route("GET", `${mlflow}/metrics/get-history`, "runs.metricHistory", ({ runs }) => first(runs.metricHistory("r", "loss"))),

  loggedModel("POST", "", "create", ({ loggedModels }) => loggedModels.create({ experimentId: "1", name: "m" })),
  loggedModel("GET", "/{model_id}", "get", ({ loggedModels }) => loggedModels.get("m-1")),
  loggedModel("PATCH", "/{model_id}", "finalize", ({ loggedModels }) => loggedModels.finalize("m-1", "LOGGED_MODEL_READY")),
  loggedModel("DELETE", "/{model_id}", "delete", ({ loggedModels }) => loggedModels.delete("m-1")),
  loggedModel("POST", "/search", "search", ({ loggedModels }) => first(loggedModels.search({ experimentIds: ["1"] }))),
  loggedModel("POST", "/{model_id}/params", "logParams", ({ loggedModels }) => loggedModels.logParams("m-1", { C: "1" })),
  loggedModel("PATCH", "/{model_id}/tags", "setTags", ({ loggedModels }) => loggedModels.setTags("m-1", { k: "v" })),
  loggedModel("DELETE", "/{model_id}/tags/{tag_key}", "deleteTag", ({ loggedModels }) => loggedModels.deleteTag("m-1", "k")),

  registeredModel("POST", "create", "getOrCreate", ({ registeredModels }) => registeredModels.getOrCreate("m")),
  registeredModel("GET", "get", "get", ({ registeredModels }) => registeredModels.get("m")),
  registeredModel("GET", "search", "search", ({ registeredModels }) => first(registeredModels.search())),
  registeredModel("PATCH", "update", "update", ({ registeredModels }) => registeredModels.update("m", { description: "d" })),
  registeredModel("POST", "rename", "rename", ({ registeredModels }) => registeredModels.rename("m", "n")),
  registeredModel("DELETE", "delete", "delete", ({ registeredModels }) => registeredModels.delete("m")),
  registeredModel("POST", "set-tag", "setTag", ({ registeredModels }) => registeredModels.setTag("m", "k", "v")),
  registeredModel("DELETE", "delete-tag", "deleteTag", ({ registeredModels }) => registeredModels.deleteTag("m", "k")),
  registeredModel("POST", "alias", "setAlias", ({ registeredModels }) => registeredModels.setAlias("m", "champion", 1)),
  registeredModel("DELETE", "alias", "deleteAlias", ({ registeredModels }) => registeredModels.deleteAlias("m", "champion")),

  modelVersion("POST", "create", "create", ({ modelVersions }) => modelVersions.create({ name: "m", source: "models:/m-1" })),
  modelVersion("GET", "get", "get", ({ modelVersions }) => modelVersions.get("m", 1)),
  route("GET", `${mlflow}/registered-models/alias`, "modelVersions.getByAlias", ({ modelVersions }) => modelVersions.getByAlias("m", "a")),
  modelVersion("GET", "search", "search", ({ modelVersions }) => first(modelVersions.search())),
  modelVersion("PATCH", "update", "update", ({ modelVersions }) => modelVersions.update("m", 1, { description: "d" })),
  modelVersion("DELETE", "delete", "delete", ({ modelVersions }) => modelVersions.delete("m", 1)),
  modelVersion("POST", "set-tag", "setTag", ({ modelVersions }) => modelVersions.setTag("m", 1, "k", "v")),
  modelVersion("DELETE", "delete-tag", "deleteTag", ({ modelVersions }) => modelVersions.deleteTag("m", 1, "k")),
  modelVersion("GET", "get-download-uri", "artifactUri", ({ modelVersions }) => modelVersions.artifactUri("m", 1)),

  artifact("GET", "artifacts", "list", ({ artifacts }) => first(artifacts.list(uri))),
  artifact("PUT", "artifacts/{artifact_path}", "upload", ({ artifacts }) => artifacts.upload(uri, "a/b", "")),
  artifact("GET", "artifacts/{artifact_path}", "download", ({ artifacts }) => artifacts.download(uri, "a/b")),
  artifact("DELETE", "artifacts/{artifact_path}", "delete", ({ artifacts }) => artifacts.delete(uri, "a/b")),
  artifact("POST", "mpu/create/{artifact_path}", "uploadFile", uploadLargeFile),
  artifact("POST", "mpu/complete/{artifact_path}", "uploadFile", uploadLargeFile),
  artifact("POST", "mpu/abort/{artifact_path}", "uploadFile", uploadLargeFile),
];

type Ask = Covered["ask"];

function route(verb: string, path: string, method: string, ask: Ask): Covered {
  return { route: `${verb} ${path}`, method, ask };
}

function experiment(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${mlflow}/experiments/${path}`, `experiments.${method}`, ask);
}

function run(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${mlflow}/runs/${path}`, `runs.${method}`, ask);
}

function loggedModel(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${mlflow}/logged-models${path}`, `loggedModels.${method}`, ask);
}

function registeredModel(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${mlflow}/registered-models/${path}`, `registeredModels.${method}`, ask);
}

function modelVersion(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${mlflow}/model-versions/${path}`, `modelVersions.${method}`, ask);
}

function artifact(verb: string, path: string, method: string, ask: Ask): Covered {
  return route(verb, `${files}/${path}`, `artifacts.${method}`, ask);
}

async function first(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) return;
}

/** A file of nothing but a hole. */
async function uploadLargeFile({ artifacts }: MlflowClient): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), "mlflow-client-test-")), "large.bin");
  const handle = await open(file, "w");
  await handle.truncate(partsFromBytes);
  await handle.close();
  await artifacts.uploadFile(uri, "a/large.bin", file);
}
