import type { Environment } from "@falconry/environment/environment.ts";
import { readMlmodel } from "@falconry/model/mlmodel.ts";
import type { ModelFiles } from "../endpoint/package.ts";

/** The files of a registered version that a container needs, as MLflow keeps them. @throws MlflowError where one is missing */
export async function registeredFiles({ mlflow }: Environment, workload: string, version: number): Promise<ModelFiles> {
  const uri = await mlflow.modelVersions.artifactUri(workload, version);
  const mlmodel = await mlflow.artifacts.download(uri, "MLmodel");
  const { graph } = readMlmodel(Buffer.from(mlmodel).toString("utf8"));
  return { MLmodel: mlmodel, "model.onnx": await mlflow.artifacts.download(uri, graph) };
}
