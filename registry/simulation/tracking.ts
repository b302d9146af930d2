import { MlflowError, type ModelVersion, type RegisteredModel, type Run } from "mlflow-client";

/** A version as it was registered, with its run and its files. */
export interface RegisteredVersion {
  version: ModelVersion;
  run: Run;
  /** By `<artifact URI>/<path>`. */
  files: Record<string, Uint8Array>;
}

/** MLflow with one registered model, as far as the registry asks for it. */
export class Tracking {
  readonly aliases: Record<string, number>;
  /** As they were before the last change. */
  aliasesBefore: Record<string, number>;
  /** Counts the changes of aliases. */
  changes = 0;
  readonly versions: readonly RegisteredVersion[];

  constructor(versions: readonly RegisteredVersion[], aliases: Record<string, number>) {
    this.aliases = { ...aliases };
    this.aliasesBefore = this.aliases;
    this.versions = versions.map((registered) => ({ ...registered, files: { ...registered.files } }));
  }

  registeredModel(name: string, aliases = this.aliases): RegisteredModel {
    return { name, description: "", creationTimestamp: 0, lastUpdatedTimestamp: 0, aliases: { ...aliases }, tags: {} };
  }

  setAlias(alias: string, version: number): void {
    this.#version(version);
    if (this.aliases[alias] === version) return;
    this.changes++;
    this.aliasesBefore = { ...this.aliases };
    this.aliases[alias] = version;
  }

  deleteAlias(alias: string): void {
    if (!(alias in this.aliases)) return;
    this.changes++;
    this.aliasesBefore = { ...this.aliases };
    delete this.aliases[alias];
  }

  modelVersion(version: number): ModelVersion | undefined {
    return this.versions.find((registered) => registered.version.version === version)?.version;
  }

  artifactUri(version: number): string {
    return this.#version(version).version.source;
  }

  run(runId: string): Run {
    const run = this.versions.find((registered) => registered.run.info.runId === runId)?.run;
    if (run === undefined) throw notThere(`run ${runId}`);
    return run;
  }

  artifact(artifactUri: string, path: string): Uint8Array {
    const place = `${artifactUri}/${path}`;
    const bytes = this.versions.find(({ files }) => place in files)?.files[place];
    if (bytes === undefined) throw notThere(place);
    return bytes;
  }

  /** Somebody writes over the graph of a version. */
  overwriteFiles(version: number): void {
    const { files, version: registered } = this.#version(version);
    files[`${registered.source}/model.onnx`] = Buffer.from("overwritten");
  }

  #version(version: number): RegisteredVersion {
    const found = this.versions.find((registered) => registered.version.version === version);
    if (found === undefined) throw notThere(`version ${version}`);
    return found;
  }
}

function notThere(what: string): MlflowError {
  return new MlflowError({ status: 404, code: "RESOURCE_DOES_NOT_EXIST", message: `${what} does not exist`, method: "GET", path: "" });
}
