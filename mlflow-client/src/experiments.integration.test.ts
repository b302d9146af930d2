import { expect, test } from "vitest";
import { client, collect, unusedName } from "./live-server.ts";

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
