import { beforeAll, describe, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { type Filter, where } from "./index.ts";
import { client, unusedName } from "./live-server.ts";

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

describe("what is known of a logged model", () => {
  test("grows by params and tags, and tags go again", async () => {
    const { modelId } = await client.loggedModels.create({ experimentId, name: "falcon", modelType: "onnx", tags: { seed: "7" } });
    await client.loggedModels.logParams(modelId, { C: "0.1", penalty: "l2" });
    await client.loggedModels.setTags(modelId, { seed: "8", "checked by": "ada" });
    await client.loggedModels.deleteTag(modelId, "checked by");
    const model = await client.loggedModels.get(modelId);
    expect(model).toMatchObject({ modelType: "onnx", params: { C: "0.1", penalty: "l2" }, tags: { seed: "8" } });
    expect(model.tags["checked by"]).toBeUndefined();
  });

  test("is searched by its name, params, tags and metrics, and ordered by a metric on a dataset", async () => {
    const { experimentId: own } = await client.experiments.getOrCreate(unusedName());
    const { info } = await client.runs.create({ experimentId: own });
    const dataset = { name: "launches", digest: "0123" };
    await client.runs.logDatasets(info.runId, [{ dataset: { ...dataset, sourceType: "s3", source: "{}" } }]);
    for (const auc of [0.7, 0.9, 0.8]) {
      const params = { auc: String(auc) };
      const { modelId } = await client.loggedModels.create({ experimentId: own, name: "falcon", sourceRunId: info.runId, params });
      await client.runs.logBatch(info.runId, { metrics: [{ key: "auc", value: auc, timestamp: 1, step: 0, modelId, dataset }] });
    }
    const { loggedModel } = where;
    const filter = loggedModel.name.is("falcon").and(loggedModel.metric("auc").isAbove(0.75), loggedModel.runId.is(info.runId));
    const orderBy = [{ field: "metrics.auc", ascending: false, dataset }];
    const found = await collect(client.loggedModels.search({ experimentIds: [own], filter, orderBy, datasets: [dataset] }));
    expect(found.map(({ params }) => params.auc)).toEqual(["0.9", "0.8"]);
    const one = await collect(client.loggedModels.search({ experimentIds: [own], filter: loggedModel.param("auc").is("0.7") }));
    expect(one).toHaveLength(1);
  });

  test("is gone when it is deleted", async () => {
    const { modelId } = await client.loggedModels.create({ experimentId, name: "falcon" });
    await client.loggedModels.delete(modelId);
    await expect(client.loggedModels.get(modelId)).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
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

describe("a registered model's life", () => {
  test("it is described anew, renamed with its versions and aliases, and deleted for good", async () => {
    const [before, after] = [unusedName(), unusedName()];
    await register(before);
    await client.registeredModels.setAlias(before, "champion", 1);
    const updated = await client.registeredModels.update(before, { description: "lands?" });
    expect(updated).toMatchObject({ name: before, description: "lands?" });

    expect(await client.registeredModels.rename(before, after)).toMatchObject({ name: after, description: "lands?" });
    expect(await client.registeredModels.get(before)).toBeUndefined();
    expect(await client.modelVersions.getByAlias(after, "champion")).toMatchObject({ name: after, version: 1 });

    await client.registeredModels.delete(after);
    await client.registeredModels.delete(after);
    expect(await client.registeredModels.get(after)).toBeUndefined();
    expect(await client.modelVersions.get(after, 1)).toBeUndefined();
  });

  test("a name that is taken cannot be renamed to", async () => {
    const [one, other] = [unusedName(), unusedName()];
    for (const name of [one, other]) await client.registeredModels.getOrCreate(name);
    await expect(client.registeredModels.rename(one, other)).rejects.toMatchObject({ code: "RESOURCE_ALREADY_EXISTS" });
  });

  test("its tags go again, and it is found by them, in the order asked for", async () => {
    const prefix = unusedName();
    for (const letter of ["b", "a", "c"]) await client.registeredModels.getOrCreate(`${prefix}-${letter}`, { tags: { prefix, letter } });
    await client.registeredModels.deleteTag(`${prefix}-c`, "prefix");
    await client.registeredModels.deleteTag(`${prefix}-c`, "prefix");
    const filter = where.registeredModel.tag("prefix").is(prefix);
    const found = await collect(client.registeredModels.search({ filter, orderBy: ["name DESC"] }));
    expect(found.map(({ tags }) => tags.letter)).toEqual(["b", "a"]);
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

describe("a model version's life", () => {
  test("it is described anew, loses a tag, and is deleted with its alias", async () => {
    const name = unusedName();
    await register(name);
    expect(await client.modelVersions.update(name, 1, { description: "first" })).toMatchObject({ version: 1, description: "first" });
    await client.modelVersions.deleteTag(name, 1, "dataset");
    expect((await client.modelVersions.get(name, 1))?.tags).toEqual({});

    await client.registeredModels.setAlias(name, "champion", 1);
    await client.modelVersions.delete(name, 1);
    await client.modelVersions.delete(name, 1);
    expect(await client.modelVersions.get(name, 1)).toBeUndefined();
    expect(await client.modelVersions.getByAlias(name, "champion")).toBeUndefined();
  });

  test("it is found by its run, tag and number, in the order asked for", async () => {
    const name = unusedName();
    for (let count = 0; count < 3; count++) await register(name);
    await client.modelVersions.setTag(name, 2, "checked", "yes");
    const { modelVersion } = where;
    const numbers = async (filter: Filter<"modelVersion">) =>
      (await collect(client.modelVersions.search({ filter, orderBy: ["version_number DESC"] }))).map(({ version }) => version);
    expect(await numbers(modelVersion.name.is(name))).toEqual([3, 2, 1]);
    expect(await numbers(modelVersion.name.is(name).and(modelVersion.version.isBelow(3), modelVersion.runId.is(runId)))).toEqual([2, 1]);
    expect(await numbers(modelVersion.name.is(name).and(modelVersion.tag("checked").is("yes")))).toEqual([2]);
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
