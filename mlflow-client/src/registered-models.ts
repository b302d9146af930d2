import { ifExists, MlflowError } from "./error.ts";
import type { Filter } from "./filter.ts";
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

  /** Its versions, aliases and tags go with it. */
  async rename(name: string, newName: string): Promise<RegisteredModel> {
    const answer = await this.#transport.create(`${path}/rename`, { name, new_name: newName });
    return readRegisteredModel(answer.object("registered_model"));
  }

  async update(name: string, change: { description: string }): Promise<RegisteredModel> {
    const answer = await this.#transport.repeatable("PATCH", `${path}/update`, { name, description: change.description });
    return readRegisteredModel(answer.object("registered_model"));
  }

  /** For good, with all versions. A model that is not there is as good as deleted. */
  async delete(name: string): Promise<void> {
    await ifExists(this.#transport.repeatable("DELETE", `${path}/delete`, { name }));
  }

  /**
   * @param options.filter from `where.registeredModel`, or in MLflow's search syntax, as `name LIKE 'falcon%'`
   * @param options.orderBy as `name ASC`
   */
  search(
    options: { filter?: Filter<"registeredModel"> | string; orderBy?: readonly string[]; pageSize?: number } = {},
  ): AsyncIterable<RegisteredModel> {
    const { filter, orderBy, pageSize = 100 } = options;
    return pages(
      (pageToken) =>
        this.#transport.get(`${path}/search`, {
          filter: filter?.toString(),
          order_by: orderBy,
          max_results: pageSize,
          page_token: pageToken,
        }),
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

  /** A tag that is not there is as good as deleted. */
  async deleteTag(name: string, key: string): Promise<void> {
    await this.#transport.repeatable("DELETE", `${path}/delete-tag`, { name, key });
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
