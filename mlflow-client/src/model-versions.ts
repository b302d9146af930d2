import { ifExists, MlflowError } from "./error.ts";
import type { Filter } from "./filter.ts";
import { type JsonObject, keyValues } from "./json-object.ts";
import { loggedModel } from "./logged-models.ts";
import { pages } from "./pages.ts";
import { registeredModel } from "./registered-models.ts";
import { readRun } from "./run.ts";
import type { Transport } from "./transport.ts";

export interface ModelVersion {
  name: string;
  version: number;
  /** "" where it was registered without a run. */
  runId: string;
  /** Of the logged model that it was registered from. */
  modelId?: string;
  /** Where its files are: `models:/<modelId>` or an artifact URI. */
  source: string;
  /** `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`. */
  status: string;
  description: string;
  aliases: string[];
  tags: Record<string, string>;
  /** Milliseconds since the epoch. */
  creationTimestamp: number;
  lastUpdatedTimestamp: number;
}

export interface NewModelVersion {
  /** Of a registered model that exists. */
  name: string;
  source: string;
  runId?: string;
  modelId?: string;
  tags?: Record<string, string>;
  description?: string;
}

const path = "/api/2.0/mlflow/model-versions";

export class ModelVersions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async create(version: NewModelVersion): Promise<ModelVersion> {
    const answer = await this.#transport.create(`${path}/create`, {
      name: version.name,
      source: version.source,
      run_id: version.runId,
      model_id: version.modelId,
      tags: keyValues(version.tags),
      description: version.description,
    });
    return readModelVersion(answer.object("model_version"));
  }

  async get(name: string, version: number): Promise<ModelVersion | undefined> {
    const answer = await ifExists(this.#transport.get(`${path}/get`, { name, version }));
    return answer && readModelVersion(answer.object("model_version"));
  }

  async getByAlias(name: string, alias: string): Promise<ModelVersion | undefined> {
    try {
      const answer = await ifExists(this.#transport.get("/api/2.0/mlflow/registered-models/alias", { name, alias }));
      return answer && readModelVersion(answer.object("model_version"));
    } catch (error) {
      // MLflow has no code of its own for an alias that is not set.
      if (!(error instanceof MlflowError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
      const model = await registeredModel(this.#transport, name);
      if (model === undefined || !Object.hasOwn(model.aliases, alias)) return undefined;
      throw error;
    }
  }

  async update(name: string, version: number, change: { description: string }): Promise<ModelVersion> {
    const body = { name, version: String(version), description: change.description };
    const answer = await this.#transport.repeatable("PATCH", `${path}/update`, body);
    return readModelVersion(answer.object("model_version"));
  }

  /** For good; its number is not given again, its files stay. A version that is not there is as good as deleted. */
  async delete(name: string, version: number): Promise<void> {
    await ifExists(this.#transport.repeatable("DELETE", `${path}/delete`, { name, version: String(version) }));
  }

  /**
   * @param options.filter from `where.modelVersion`, or in MLflow's search syntax, as `name = 'falcon'`
   * @param options.orderBy as `version_number DESC`
   */
  async *search(
    options: { filter?: Filter<"modelVersion"> | string; orderBy?: readonly string[]; pageSize?: number } = {},
  ): AsyncGenerator<ModelVersion, void, undefined> {
    const { filter, orderBy, pageSize = 1000 } = options;
    const found = pages(
      (pageToken) =>
        this.#transport.get(`${path}/search`, {
          filter: filter?.toString(),
          order_by: orderBy,
          max_results: pageSize,
          page_token: pageToken,
        }),
      "model_versions",
      readModelVersion,
    );
    // MLflow leaves the aliases out here; only the registered model has them all.
    const aliasesOf = new Map<string, Record<string, number>>();
    for await (const version of found) {
      const aliases = aliasesOf.get(version.name) ?? (await registeredModel(this.#transport, version.name))?.aliases ?? {};
      aliasesOf.set(version.name, aliases);
      yield { ...version, aliases: Object.keys(aliases).filter((alias) => aliases[alias] === version.version) };
    }
  }

  async setTag(name: string, version: number, key: string, value: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/set-tag`, { name, version: String(version), key, value });
  }

  /** A tag that is not there is as good as deleted. */
  async deleteTag(name: string, version: number, key: string): Promise<void> {
    await this.#transport.repeatable("DELETE", `${path}/delete-tag`, { name, version: String(version), key });
  }

  /** The folder of the version's files, for the client's `artifacts`. */
  async artifactUri(name: string, version: number): Promise<string> {
    const answer = await this.#transport.get(`${path}/get-download-uri`, { name, version });
    return this.#resolve(answer.text("artifact_uri"));
  }

  async #resolve(uri: string): Promise<string> {
    const [, modelId] = /^models:\/(m-[^/]+)$/.exec(uri) ?? [];
    if (modelId !== undefined) return (await loggedModel(this.#transport, modelId)).artifactUri;
    const [, runId, folder] = /^runs:\/([^/]+)\/(.*)$/.exec(uri) ?? [];
    if (runId === undefined) return uri;
    const answer = await this.#transport.get("/api/2.0/mlflow/runs/get", { run_id: runId });
    return `${readRun(answer.object("run")).info.artifactUri}/${folder}`;
  }
}

function readModelVersion(version: JsonObject): ModelVersion {
  const source = version.optionalText("source") ?? "";
  // Not every answer of MLflow 3 has model_id; the source always names the model.
  const modelId = version.optionalText("model_id") || /^models:\/(m-[^/]+)$/.exec(source)?.[1];
  return {
    name: version.text("name"),
    version: version.number("version"),
    runId: version.optionalText("run_id") ?? "",
    ...(modelId === undefined ? {} : { modelId }),
    source,
    status: version.text("status"),
    description: version.optionalText("description") ?? "",
    aliases: version.texts("aliases"),
    tags: version.keyed("tags"),
    creationTimestamp: version.number("creation_timestamp"),
    lastUpdatedTimestamp: version.number("last_updated_timestamp"),
  };
}
