import { ifExists, MlflowError } from "./error.ts";
import { type JsonObject, keyValues } from "./json-object.ts";
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

  /** @param options.filter in MLflow's search syntax, as `name LIKE 'falcon%'`; active experiments only */
  search(options: { filter?: string; pageSize?: number } = {}): AsyncIterable<Experiment> {
    const { filter, pageSize = 1000 } = options;
    return pages(
      (pageToken) =>
        this.#transport.repeatable("POST", `${path}/search`, {
          filter,
          max_results: pageSize,
          page_token: pageToken,
          view_type: "ACTIVE_ONLY",
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
