import type { Filter } from "./filter.ts";
import { type JsonObject, keyValues } from "./json-object.ts";
import { pages } from "./pages.ts";
import { type Metric, readMetric } from "./run.ts";
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
  /** Points of runs that name this model, of each metric and dataset the last. */
  metrics: Metric[];
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
    const answer = await this.#transport.repeatable("PATCH", pathOf(modelId), { model_id: modelId, status });
    return readLoggedModel(answer.object("model"));
  }

  /** Params keep their first value. */
  async logParams(modelId: string, params: Record<string, string>): Promise<void> {
    await this.#transport.repeatable("POST", `${pathOf(modelId)}/params`, { model_id: modelId, params: keyValues(params) });
  }

  async setTags(modelId: string, tags: Record<string, string>): Promise<void> {
    await this.#transport.repeatable("PATCH", `${pathOf(modelId)}/tags`, { model_id: modelId, tags: keyValues(tags) });
  }

  async deleteTag(modelId: string, key: string): Promise<void> {
    await this.#transport.repeatable("DELETE", `${pathOf(modelId)}/tags/${encodeURIComponent(key)}`, {});
  }

  /** Its files stay. */
  async delete(modelId: string): Promise<void> {
    await this.#transport.repeatable("DELETE", pathOf(modelId), { model_id: modelId });
  }

  /**
   * @param options.filter from `where.loggedModel`, or in MLflow's search syntax, as `name = 'falcon'`
   * @param options.datasets what metrics in the filter and the order are of
   * @param options.orderBy the last created first where it is left out
   */
  search(options: {
    experimentIds: readonly string[];
    filter?: Filter<"loggedModel"> | string;
    datasets?: readonly { name: string; digest?: string }[];
    /** @example { field: "metrics.auc", ascending: false, dataset: { name: "launches" } } */
    orderBy?: readonly { field: string; ascending?: boolean; dataset?: { name: string; digest?: string } }[];
    pageSize?: number;
  }): AsyncIterable<LoggedModel> {
    const { experimentIds, filter, datasets, orderBy, pageSize = 100 } = options;
    return pages(
      (pageToken) =>
        this.#transport.repeatable("POST", `${path}/search`, {
          experiment_ids: experimentIds,
          filter: filter?.toString(),
          datasets: datasets?.map(wireDataset),
          order_by: orderBy?.map(({ field, ascending, dataset }) => ({
            field_name: field,
            ascending,
            dataset_name: dataset?.name,
            dataset_digest: dataset?.digest,
          })),
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
  const answer = await transport.get(pathOf(modelId));
  return readLoggedModel(answer.object("model"));
}

function pathOf(modelId: string): string {
  return `${path}/${encodeURIComponent(modelId)}`;
}

function wireDataset({ name, digest }: { name: string; digest?: string }) {
  return { dataset_name: name, dataset_digest: digest };
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
    metrics: model.objectOrEmpty("data").objects("metrics").map(readMetric),
  };
}
