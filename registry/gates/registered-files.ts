import type { Environment } from "@falconry/environment/environment.ts";
import type { ModelFiles } from "../endpoint/package.ts";

/** The files of a registered version that a container needs, as MLflow keeps them. @throws MlflowError where one is missing */
export async function registeredFiles({ mlflow }: Environment, workload: string, version: number): Promise<ModelFiles> {
  const uri = await mlflow.modelVersions.artifactUri(workload, version);
  return {
    MLmodel: await mlflow.artifacts.download(uri, "MLmodel"),
    "model.onnx": await mlflow.artifacts.download(uri, "model.onnx"),
  };
}
