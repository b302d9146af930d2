import { beforeAll, describe, expect, test } from "vitest";
import { client, collect, unusedName } from "./live-server.ts";

let experimentId: string;
let runId: string;

beforeAll(async () => {
  experimentId = (await client.experiments.getOrCreate(unusedName())).experimentId;
  runId = (await client.runs.create({ experimentId })).info.runId;
});

describe("a logged model", () => {
  test("is pending until it is finalized, and is named by the run that made it", async () => {
    const created = await client.loggedModels.create({
      experimentId,
      name: "falcon",
      sourceRunId: runId,
      params: { C: "0.1" },
      tags: { seed: "7" },
    });
    expect(created).toMatchObject({
      name: "falcon",
      status: "LOGGED_MODEL_PENDING",
      sourceRunId: runId,
      params: { C: "0.1" },
      tags: { seed: "7" },
    });

    const finalized = await client.loggedModels.finalize(created.modelId, "LOGGED_MODEL_READY");
    await client.runs.logModels(runId, [{ modelId: created.modelId, step: 3 }]);

    expect(finalized.status).toBe("LOGGED_MODEL_READY");
    expect(await client.loggedModels.get(created.modelId)).toEqual(finalized);
    expect((await client.runs.get(runId)).outputs.models).toContainEqual({ modelId: created.modelId, step: 3 });
  });

  test("is found by its name, over all pages", async () => {
    const name = unusedName();
    for (let count = 0; count < 3; count++) await client.loggedModels.create({ experimentId, name });
    const found = client.loggedModels.search({ experimentIds: [experimentId], filter: `name = '${name}'`, pageSize: 2 });
    expect(await collect(found)).toHaveLength(3);
  });
});

describe("a registered model", () => {
  test("is the same for several callers at once", async () => {
    const name = unusedName();
    const models = await Promise.all(
      [1, 2, 3].map(() => client.registeredModels.getOrCreate(name, { description: "lands?", tags: { workload: "falcon" } })),
    );
    expect(models.map((model) => model.description)).toEqual(["lands?", "lands?", "lands?"]);
    await client.registeredModels.setTag(name, "owner", "flight");
    expect((await client.registeredModels.get(name))?.tags).toEqual({ workload: "falcon", owner: "flight" });
  });

  test("that does not exist is undefined", async () => {
    expect(await client.registeredModels.get(unusedName())).toBeUndefined();
  });

  test("is found by its name, over all pages", async () => {
    const prefix = unusedName();
    const names = ["a", "b", "c"].map((letter) => `${prefix}-${letter}`);
    for (const name of names) await client.registeredModels.getOrCreate(name);
    const found = await collect(client.registeredModels.search({ filter: `name LIKE '${prefix}%'`, pageSize: 2 }));
    expect(found.map(({ name }) => name)).toEqual(names);
  });
});

describe("a model version", () => {
  test("leads to the logged model, its run and its files", async () => {
    const name = unusedName();
    const { version, model } = await register(name);
    expect(version).toMatchObject({ name, version: 1, runId, modelId: model.modelId, status: "READY", tags: { dataset: "abc" } });
    expect(await client.modelVersions.get(name, 1)).toEqual(version);
    expect(await client.modelVersions.artifactUri(name, 1)).toBe(model.artifactUri);
  });

  test("of a run's folder leads to that folder", async () => {
    const name = unusedName();
    await client.registeredModels.getOrCreate(name);
    const { artifactUri } = (await client.runs.get(runId)).info;
    await client.modelVersions.create({ name, source: `${artifactUri}/model`, runId });
    expect(await client.modelVersions.artifactUri(name, 1)).toBe(`${artifactUri}/model`);
  });

  test("that does not exist is undefined, whichever part is missing", async () => {
    const name = unusedName();
    expect(await client.modelVersions.get(name, 1)).toBeUndefined();
    expect(await client.modelVersions.getByAlias(name, "champion")).toBeUndefined();
    await register(name);
    expect(await client.modelVersions.get(name, 2)).toBeUndefined();
    expect(await client.modelVersions.getByAlias(name, "champion")).toBeUndefined();
  });

  test("is found by its alias, which moves", async () => {
    const name = unusedName();
    await register(name);
    await register(name);
    await client.registeredModels.setAlias(name, "champion", 1);
    await client.registeredModels.setAlias(name, "challenger", 2);
    expect(await client.modelVersions.getByAlias(name, "champion")).toMatchObject({ version: 1, aliases: ["champion"] });

    await client.registeredModels.setAlias(name, "champion", 2);
    await client.registeredModels.deleteAlias(name, "challenger");
    await client.registeredModels.deleteAlias(name, "challenger");
    expect(await client.modelVersions.getByAlias(name, "champion")).toMatchObject({ version: 2 });
    expect((await client.registeredModels.get(name))?.aliases).toEqual({ champion: 2 });
  });

  test("is found with its aliases and tags, over all pages", async () => {
    const name = unusedName();
    for (let count = 0; count < 3; count++) await register(name);
    await client.registeredModels.setAlias(name, "champion", 2);
    await client.modelVersions.setTag(name, 3, "checked", "yes");
    const found = await collect(client.modelVersions.search({ filter: `name = '${name}'`, pageSize: 2 }));
    expect(
      found.map(({ version, aliases, tags }) => ({ version, aliases, checked: tags.checked })).sort((a, b) => a.version - b.version),
    ).toEqual([
      { version: 1, aliases: [], checked: undefined },
      { version: 2, aliases: ["champion"], checked: undefined },
      { version: 3, aliases: [], checked: "yes" },
    ]);
  });
});

async function register(name: string) {
  await client.registeredModels.getOrCreate(name);
  const model = await client.loggedModels.create({ experimentId, name, sourceRunId: runId });
  await client.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  const source = `models:/${model.modelId}`;
  const version = await client.modelVersions.create({ name, source, modelId: model.modelId, runId, tags: { dataset: "abc" } });
  return { model, version };
}
