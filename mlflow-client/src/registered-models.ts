import { ifExists, MlflowError } from "./error.ts";
import { type JsonObject, keyValues } from "./json-object.ts";
import { pages } from "./pages.ts";
import type { Transport } from "./transport.ts";

export interface RegisteredModel {
  name: string;
  description: string;
  /** Milliseconds since the epoch. */
  creationTimestamp: number;
  lastUpdatedTimestamp: number;
  /** Version of each alias. */
  aliases: Record<string, number>;
  tags: Record<string, string>;
}

const path = "/api/2.0/mlflow/registered-models";

export class RegisteredModels {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get(name: string): Promise<RegisteredModel | undefined> {
    return registeredModel(this.#transport, name);
  }

  /** Several callers at once get the same one. Tags and description are those of a new model; one that exists keeps its own. */
  async getOrCreate(name: string, details: { tags?: Record<string, string>; description?: string } = {}): Promise<RegisteredModel> {
    const existing = await this.get(name);
    if (existing !== undefined) return existing;
    const { tags, description } = details;
    try {
      const answer = await this.#transport.create(`${path}/create`, { name, tags: keyValues(tags), description });
      return readRegisteredModel(answer.object("registered_model"));
    } catch (error) {
      const other = error instanceof MlflowError ? await this.get(name) : undefined;
      if (other !== undefined) return other;
      throw error;
    }
  }

  /** @param options.filter in MLflow's search syntax, as `name LIKE 'falcon%'` */
  search(options: { filter?: string; pageSize?: number } = {}): AsyncIterable<RegisteredModel> {
    const { filter, pageSize = 100 } = options;
    return pages(
      (pageToken) => this.#transport.get(`${path}/search`, { filter, max_results: pageSize, page_token: pageToken }),
      "registered_models",
      readRegisteredModel,
    );
  }

  /** Moves the alias where another version has it. */
  async setAlias(name: string, alias: string, version: number): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/alias`, { name, alias, version: String(version) });
  }

  /** An alias that is not there is as good as deleted. */
  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.#transport.repeatable("DELETE", `${path}/alias`, { name, alias });
  }

  async setTag(name: string, key: string, value: string): Promise<void> {
    await this.#transport.repeatable("POST", `${path}/set-tag`, { name, key, value });
  }
}

export async function registeredModel(transport: Transport, name: string): Promise<RegisteredModel | undefined> {
  const answer = await ifExists(transport.get(`${path}/get`, { name }));
  return answer && readRegisteredModel(answer.object("registered_model"));
}

function readRegisteredModel(model: JsonObject): RegisteredModel {
  return {
    name: model.text("name"),
    description: model.optionalText("description") ?? "",
    creationTimestamp: model.number("creation_timestamp"),
    lastUpdatedTimestamp: model.number("last_updated_timestamp"),
    aliases: Object.fromEntries(model.objects("aliases").map((alias) => [alias.text("alias"), alias.number("version")])),
    tags: model.keyed("tags"),
  };
}
