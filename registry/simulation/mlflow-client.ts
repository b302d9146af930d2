import { MlflowClient, MlflowError, type ModelVersion } from "mlflow-client";
import type { Carrier } from "./process.ts";
import type { Tracking } from "./tracking.ts";

/** A client of the simulated MLflow that hands its calls to a carrier. */
export function simulatedMlflow(tracking: Tracking, carry: Carrier, onAlias: (alias: string, version: number) => void): MlflowClient {
  const failed = (status: number | undefined, code: string) => new MlflowError({ status, code, message: code, method: "", path: "" });
  async function ask<T>(name: string, about: string, effect: () => T, { changes = false, stale = effect } = {}): Promise<T> {
    let answer: { given: T } | undefined;
    const once = (how: () => T) => () => {
      answer = { given: how() };
    };
    await carry({
      name,
      about: () => about,
      changes,
      effect: once(effect),
      stale: once(stale),
      throttled: () => failed(429, "REQUEST_LIMIT_EXCEEDED"),
      timedOut: () => failed(undefined, "TIMEOUT"),
    });
    if (answer === undefined) throw new Error(`${name} was answered, and never reached MLflow`);
    return answer.given;
  }
  const groups = {
    registeredModels: {
      get: (name: string) =>
        ask("getRegisteredModel", name, () => tracking.registeredModel(name), {
          stale: () => tracking.registeredModel(name, tracking.aliasesBefore),
        }),
      setAlias: (_: string, alias: string, version: number) =>
        ask(
          "setAlias",
          `${alias} ${version}`,
          () => {
            onAlias(alias, version);
            tracking.setAlias(alias, version);
          },
          { changes: true },
        ),
      deleteAlias: (_: string, alias: string) => ask("deleteAlias", alias, () => tracking.deleteAlias(alias), { changes: true }),
    },
    modelVersions: {
      get: (_: string, version: number) => ask("getModelVersion", `${version}`, () => tracking.modelVersion(version)),
      artifactUri: (_: string, version: number) => ask("getDownloadUri", `${version}`, () => tracking.artifactUri(version)),
      async *search(): AsyncGenerator<ModelVersion> {
        yield* await ask("searchModelVersions", "", () => tracking.versions.map(({ version }) => version));
      },
    },
    runs: { get: (runId: string) => ask("getRun", runId, () => tracking.run(runId)) },
    artifacts: { download: (uri: string, path: string) => ask("downloadArtifact", path, () => tracking.artifact(uri, path)) },
  };
  return Object.assign(Object.create(MlflowClient.prototype), groups);
}
