import { type JsonObject, keyValues } from "./json-object.ts";
import { pages } from "./pages.ts";
import type { Transport } from "./transport.ts";

export interface LoggedModel {
  /** `m-` and 32 hex digits; `models:/<modelId>` is its URI. */
  modelId: string;
  experimentId: string;
  name: string;
  artifactUri: string;
  /** `LOGGED_MODEL_PENDING` until it is finalized. */
  status: string;
  /** "" where it was made without a run. */
  sourceRunId: string;
  modelType: string;
  /** Milliseconds since the epoch. */
  creationTimestamp: number;
  lastUpdatedTimestamp: number;
  params: Record<string, string>;
  tags: Record<string, string>;
}

export interface NewLoggedModel {
  experimentId: string;
  name: string;
  sourceRunId?: string;
  modelType?: string;
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

const path = "/api/2.0/mlflow/logged-models";

/** Create one, upload its files to its artifact URI, finalize it; then register `models:/<modelId>`. */
export class LoggedModels {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async create(model: NewLoggedModel): Promise<LoggedModel> {
    const answer = await this.#transport.create(path, {
      experiment_id: model.experimentId,
      name: model.name,
      source_run_id: model.sourceRunId,
      model_type: model.modelType,
      params: keyValues(model.params),
      tags: keyValues(model.tags),
    });
    return readLoggedModel(answer.object("model"));
  }

  async get(modelId: string): Promise<LoggedModel> {
    return loggedModel(this.#transport, modelId);
  }

  async finalize(modelId: string, status: "LOGGED_MODEL_READY" | "LOGGED_MODEL_UPLOAD_FAILED"): Promise<LoggedModel> {
    const answer = await this.#transport.repeatable("PATCH", `${path}/${encodeURIComponent(modelId)}`, { model_id: modelId, status });
    return readLoggedModel(answer.object("model"));
  }

  /** @param options.filter in MLflow's search syntax, as `name = 'falcon'` */
  search(options: { experimentIds: readonly string[]; filter?: string; pageSize?: number }): AsyncIterable<LoggedModel> {
    const { experimentIds, filter, pageSize = 100 } = options;
    return pages(
      (pageToken) =>
        this.#transport.repeatable("POST", `${path}/search`, {
          experiment_ids: experimentIds,
          filter,
          max_results: pageSize,
          page_token: pageToken,
        }),
      "models",
      readLoggedModel,
    );
  }
}

/** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` */
export async function loggedModel(transport: Transport, modelId: string): Promise<LoggedModel> {
  const answer = await transport.get(`${path}/${encodeURIComponent(modelId)}`);
  return readLoggedModel(answer.object("model"));
}

function readLoggedModel(model: JsonObject): LoggedModel {
  const info = model.object("info");
  return {
    modelId: info.text("model_id"),
    experimentId: info.text("experiment_id"),
    name: info.text("name"),
    artifactUri: info.text("artifact_uri"),
    status: info.text("status"),
    sourceRunId: info.optionalText("source_run_id") ?? "",
    modelType: info.optionalText("model_type") ?? "",
    creationTimestamp: info.number("creation_timestamp_ms"),
    lastUpdatedTimestamp: info.number("last_updated_timestamp_ms"),
    params: model.objectOrEmpty("data").keyed("params"),
    tags: info.keyed("tags"),
  };
}
