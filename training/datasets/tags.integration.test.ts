import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { DatasetStore } from "./dataset-store.ts";
import { commitFolder } from "./folder/commit-folder.ts";
import { listDatasets } from "./list.ts";
import { showDataset } from "./show.ts";
import { tagDataset, untagDataset } from "./tag.ts";

const environment = await openEnvironment("local");
afterAll(() => environment[Symbol.dispose]());

let name: string;
let first: string;
let second: string;

beforeEach(async () => {
  name = `tagged-${randomUUID().slice(0, 8)}`;
  const [folder, cacheFolder] = [await temporaryFolder(), await temporaryFolder()];
  const commit = async (content: string) => {
    await writeFile(join(folder, "file.txt"), `${name} ${content}`);
    return (await commitFolder(environment, name, folder, { cacheFolder })).dataset.digest;
  };
  first = await commit("1");
  second = await commit("2");
});

describe("a tag", () => {
  test("names a version wherever a digest does, and can be moved", async () => {
    expect(await tagDataset(environment, name, "season-1", first)).toEqual({ name, tag: "season-1", digest: first, before: null });
    expect((await showDataset(environment, name, "season-1")).digest).toBe(first);
    expect(await tagDataset(environment, name, "season-1", "latest")).toMatchObject({ digest: second, before: first });
    expect(await tagDataset(environment, name, "copy", "season-1")).toMatchObject({ digest: second });
    const { datasets } = await listDatasets(environment, name);
    expect(datasets.map(({ digest, tags }) => [digest, tags])).toContainEqual([second, ["copy", "season-1"]]);
  });

  test("is taken away, and the version stays", async () => {
    await tagDataset(environment, name, "old", first);
    expect(await untagDataset(environment, name, "old")).toEqual({ name, tag: "old", digest: null, before: first });
    await expect(showDataset(environment, name, "old")).rejects.toMatchObject({ code: "dataset.unknown" });
    await expect(untagDataset(environment, name, "old")).rejects.toMatchObject({ code: "dataset.unknown" });
    expect((await showDataset(environment, name, first)).digest).toBe(first);
  });

  test.each(["latest", "abc", "0123", "", "a/b", "../x", "Upper", "x".repeat(61)])("is not called %j", async (tag) => {
    await expect(tagDataset(environment, name, tag, "latest")).rejects.toMatchObject({ code: "dataset.name" });
  });

  test("that several move at once is where the last of those who were not refused put it", async () => {
    const { tags } = new DatasetStore(environment);
    const digests = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? first : second));
    const outcomes = await Promise.allSettled(digests.map((digest) => tags.set(name, "contested", digest)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    expect(refused.length).toBeLessThan(digests.length);
    for (const error of refused) expect(error instanceof FalconryError && error.code).toBe("dataset.tag-moved");
    expect([first, second]).toContain(await tags.read(name, "contested"));
  });
});
