import { type BatchContent, splitBatches } from "./batches.ts";
import type { Filter } from "./filter.ts";
import { keyValues } from "./json-object.ts";
import { type Lifecycle, viewTypes } from "./lifecycle.ts";
import { pages } from "./pages.ts";
import { type Dataset, type Metric, type Run, type RunStatus, readMetric, readRun } from "./run.ts";
import type { Transport } from "./transport.ts";

export interface NewRun {
  experimentId: string;
  /** @default a name that the server makes up */
  runName?: string;
  tags?: Record<string, string>;
  /** Milliseconds since the epoch. */
  startTime?: number;
}

const path = "/api/2.0/mlflow/runs";

export class Runs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async create(run: NewRun): Promise<Run> {
    const answer = await this.#transport.create(`${path}/create`, {
      experiment_id: run.experimentId,
      run_name: run.runName,
      start_time: run.startTime,
      tags: keyValues(run.tags),
    });
    return readRun(answer.object("run"));
  }

  async get(runId: string): Promise<Run> {
    const answer = await this.#transport.get(`${path}/get`, { run_id: runId });
    return readRun(answer.object("run"));
  }

  /** @param change.endTime milliseconds since the epoch */
  async update(runId: string, change: { status?: RunStatus; endTime?: number; runName?: string }): Promise<void> {
    const { status, endTime, runName } = change;
    await this.#transport.repeatable("POST", `${path}/update`, { run_id: runId, status, end_time: endTime, run_name: runName });
  }

  /** A deleted run takes nothing and is searched only on request, until it is restored or cleared away by `mlflow gc`. */
  async delete(runId: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/delete`, { run_id: runId });
  }

  async restore(runId: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/restore`, { run_id: runId });
  }

  /**
   * Logs any amount, in as many requests as the server's limits ask for, one after the other. A request that has to be sent
   * again is sent with the same bytes, which adds nothing that is there already.
   *
   * @throws MlflowError of the first request that fails; earlier ones have been logged
   */
  async logBatch(runId: string, content: BatchContent): Promise<void> {
    for (const batch of splitBatches(runId, content)) await this.#transport.repeatable("POST", `${path}/log-batch`, { ...batch });
  }

  /** The same dataset (name and digest) logged again adds nothing. */
  async logDatasets(runId: string, inputs: readonly { dataset: Dataset; tags?: Record<string, string> }[]): Promise<void> {
    const datasets = inputs.map(({ dataset: { sourceType, ...dataset }, tags }) => ({
      dataset: { ...dataset, source_type: sourceType },
      tags: keyValues(tags),
    }));
    await this.#transport.repeatable("POST", `${path}/log-inputs`, { run_id: runId, datasets });
  }

  /** Says which logged models the run used. */
  async logModelInputs(runId: string, modelIds: readonly string[]): Promise<void> {
    const models = modelIds.map((modelId) => ({ model_id: modelId }));
    await this.#transport.repeatable("POST", `${path}/log-inputs`, { run_id: runId, models });
  }

  /** Says which logged models the run made. */
  async logModels(runId: string, models: readonly { modelId: string; step: number }[]): Promise<void> {
    const outputs = models.map(({ modelId, step }) => ({ model_id: modelId, step }));
    await this.#transport.create(`${path}/outputs`, { run_id: runId, models: outputs });
  }

  async setTag(runId: string, key: string, value: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/set-tag`, { run_id: runId, key, value });
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` where there is no such tag */
  async deleteTag(runId: string, key: string): Promise<void> {
    await this.#transport.create(`${path}/delete-tag`, { run_id: runId, key });
  }

  /**
   * @param options.filter from `where.run`, or in MLflow's search syntax, as `metrics.accuracy > 0.8`
   * @param options.orderBy as `metrics.accuracy DESC`; the latest start first where it is left out
   */
  search(options: {
    experimentIds: readonly string[];
    filter?: Filter<"run"> | string;
    orderBy?: readonly string[];
    /** @default active */
    lifecycle?: Lifecycle;
    pageSize?: number;
  }): AsyncIterable<Run> {
    const { experimentIds, filter, orderBy, lifecycle = "active", pageSize = 1000 } = options;
    return pages(
      (pageToken) =>
        this.#transport.repeatable("POST", `${path}/search`, {
          experiment_ids: experimentIds,
          filter: filter?.toString(),
          run_view_type: viewTypes[lifecycle],
          order_by: orderBy,
          max_results: pageSize,
          page_token: pageToken,
        }),
      "runs",
      readRun,
    );
  }

  /** Every point of one metric, as the server orders them. */
  metricHistory(runId: string, key: string, options: { pageSize?: number } = {}): AsyncIterable<Metric> {
    const { pageSize = 25_000 } = options;
    return pages(
      (pageToken) =>
        this.#transport.get("/api/2.0/mlflow/metrics/get-history", {
          run_id: runId,
          metric_key: key,
          max_results: pageSize,
          page_token: pageToken,
        }),
      "metrics",
      readMetric,
    );
  }
}
