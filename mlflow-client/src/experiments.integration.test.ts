import { expect, test } from "vitest";
import { collect } from "./collect.ts";
import { where } from "./index.ts";
import { client, unusedName } from "./live-server.ts";

test("several callers at once get or create the same experiment", async () => {
  const name = unusedName();
  const experiments = await Promise.all([1, 2, 3].map(() => client.experiments.getOrCreate(name)));
  expect(new Set(experiments.map(({ experimentId }) => experimentId)).size).toBe(1);
  expect(await client.experiments.getByName(name)).toEqual(experiments[0]);
});

test("a new experiment has the tags it was given", async () => {
  const name = unusedName();
  const created = await client.experiments.create({ name, tags: { workload: "falcon" } });
  expect(created).toMatchObject({ name, lifecycleStage: "active", tags: { workload: "falcon" } });
  expect(await client.experiments.get(created.experimentId)).toEqual(created);
});

test("a name that nobody used is undefined, an id that does not exist an error", async () => {
  expect(await client.experiments.getByName(unusedName())).toBeUndefined();
  await expect(client.experiments.get("999999999")).rejects.toMatchObject({ status: 404, code: "RESOURCE_DOES_NOT_EXIST" });
});

test("a search goes through all pages", async () => {
  const prefix = unusedName();
  const names = ["a", "b", "c"].map((letter) => `${prefix} ${letter}`);
  for (const name of names) await client.experiments.create({ name });
  const found = await collect(client.experiments.search({ filter: `name LIKE '${prefix}%'`, pageSize: 2 }));
  expect(found.map(({ name }) => name).sort()).toEqual(names);
});

test("a renamed experiment is found under its new name only", async () => {
  const [before, after] = [unusedName(), unusedName()];
  const { experimentId } = await client.experiments.create({ name: before });
  await client.experiments.rename(experimentId, after);
  expect((await client.experiments.get(experimentId)).name).toBe(after);
  expect(await client.experiments.getByName(before)).toBeUndefined();
});

test("a deleted experiment takes no runs and is searched on request only, until it is restored", async () => {
  const name = unusedName();
  const { experimentId } = await client.experiments.create({ name });
  const { info } = await client.runs.create({ experimentId });
  const found = async (lifecycle: "active" | "deleted" | "all") =>
    (await collect(client.experiments.search({ filter: where.experiment.name.is(name), lifecycle }))).length;

  await client.experiments.delete(experimentId);
  expect((await client.experiments.get(experimentId)).lifecycleStage).toBe("deleted");
  expect([await found("active"), await found("deleted"), await found("all")]).toEqual([0, 1, 1]);
  await expect(client.runs.create({ experimentId })).rejects.toMatchObject({ code: "INVALID_PARAMETER_VALUE" });

  await client.experiments.restore(experimentId);
  expect([await found("active"), await found("deleted"), await found("all")]).toEqual([1, 0, 1]);
  expect((await client.runs.get(info.runId)).info.lifecycleStage).toBe("active");
});

test("tags are set, moved and deleted", async () => {
  const { experimentId } = await client.experiments.create({ name: unusedName(), tags: { owner: "flight" } });
  await client.experiments.setTag(experimentId, "owner", "ground");
  await client.experiments.setTag(experimentId, "note", "multi\nline");
  expect((await client.experiments.get(experimentId)).tags).toEqual({ owner: "ground", note: "multi\nline" });
  await client.experiments.deleteTag(experimentId, "note");
  expect((await client.experiments.get(experimentId)).tags).toEqual({ owner: "ground" });
});

test("a search orders as it is told, and finds by tag", async () => {
  const prefix = unusedName();
  for (const letter of ["b", "a", "c"]) await client.experiments.create({ name: `${prefix} ${letter}`, tags: { prefix } });
  const found = client.experiments.search({ filter: where.experiment.tag("prefix").is(prefix), orderBy: ["name DESC"], pageSize: 2 });
  expect((await collect(found)).map(({ name }) => name.at(-1))).toEqual(["c", "b", "a"]);
});

test.for([
  ["an empty name", ""],
  ["a name that is taken", "Default"],
])("%s is refused", async ([, name = ""]) => {
  await expect(client.experiments.create({ name })).rejects.toMatchObject({ status: 400 });
});
