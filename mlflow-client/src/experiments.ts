import { ifExists, MlflowError } from "./error.ts";
import type { Filter } from "./filter.ts";
import { type JsonObject, keyValues } from "./json-object.ts";
import { type Lifecycle, viewTypes } from "./lifecycle.ts";
import { pages } from "./pages.ts";
import type { Transport } from "./transport.ts";

export interface Experiment {
  experimentId: string;
  name: string;
  artifactLocation: string;
  /** A deleted experiment keeps its name and takes no runs until it is restored. */
  lifecycleStage: "active" | "deleted";
  /** Milliseconds since the epoch. */
  creationTime: number | undefined;
  lastUpdateTime: number | undefined;
  tags: Record<string, string>;
}

export interface NewExperiment {
  name: string;
  /** @default the server's */
  artifactLocation?: string;
  tags?: Record<string, string>;
}

const path = "/api/2.0/mlflow/experiments";

export class Experiments {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get(experimentId: string): Promise<Experiment> {
    const answer = await this.#transport.get(`${path}/get`, { experiment_id: experimentId });
    return readExperiment(answer.object("experiment"));
  }

  async getByName(name: string): Promise<Experiment | undefined> {
    const answer = await ifExists(this.#transport.get(`${path}/get-by-name`, { experiment_name: name }));
    return answer && readExperiment(answer.object("experiment"));
  }

  async create(experiment: NewExperiment): Promise<Experiment> {
    const { name, artifactLocation, tags } = experiment;
    const answer = await this.#transport.create(`${path}/create`, { name, artifact_location: artifactLocation, tags: keyValues(tags) });
    return this.get(answer.text("experiment_id"));
  }

  /** Several callers at once get the same one. */
  async getOrCreate(name: string): Promise<Experiment> {
    const existing = await this.getByName(name);
    if (existing !== undefined) return existing;
    try {
      return await this.create({ name });
    } catch (error) {
      const other = error instanceof MlflowError ? await this.getByName(name) : undefined;
      if (other !== undefined) return other;
      throw error;
    }
  }

  async rename(experimentId: string, newName: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/update`, { experiment_id: experimentId, new_name: newName });
  }

  /** With its runs, until it is restored. */
  async delete(experimentId: string): Promise<void> {
    await this.#transport.create(`${path}/delete`, { experiment_id: experimentId });
  }

  /** With the runs that were deleted with it. */
  async restore(experimentId: string): Promise<void> {
    await this.#transport.create(`${path}/restore`, { experiment_id: experimentId });
  }

  async setTag(experimentId: string, key: string, value: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/set-experiment-tag`, { experiment_id: experimentId, key, value });
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` where there is no such tag */
  async deleteTag(experimentId: string, key: string): Promise<void> {
    await this.#transport.create(`${path}/delete-experiment-tag`, { experiment_id: experimentId, key });
  }

  /**
   * @param options.filter from `where.experiment`, or in MLflow's search syntax, as `name LIKE 'falcon%'`
   * @param options.orderBy as `name ASC`; the last created first where it is left out
   */
  search(
    options: {
      filter?: Filter<"experiment"> | string;
      orderBy?: readonly string[];
      /** @default active */
      lifecycle?: Lifecycle;
      pageSize?: number;
    } = {},
  ): AsyncIterable<Experiment> {
    const { filter, orderBy, lifecycle = "active", pageSize = 1000 } = options;
    return pages(
      (pageToken) =>
        this.#transport.repeatable("POST", `${path}/search`, {
          filter: filter?.toString(),
          order_by: orderBy,
          max_results: pageSize,
          page_token: pageToken,
          view_type: viewTypes[lifecycle],
        }),
      "experiments",
      readExperiment,
    );
  }
}

function readExperiment(experiment: JsonObject): Experiment {
  return {
    experimentId: experiment.text("experiment_id"),
    name: experiment.text("name"),
    artifactLocation: experiment.text("artifact_location"),
    lifecycleStage: experiment.text("lifecycle_stage") === "deleted" ? "deleted" : "active",
    creationTime: experiment.optionalNumber("creation_time"),
    lastUpdateTime: experiment.optionalNumber("last_update_time"),
    tags: experiment.keyed("tags"),
  };
}
