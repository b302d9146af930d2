import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { connect, openEnvironment } from "@falconry/environment/environment.ts";
import { lineageTags } from "@falconry/model/lineage.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { DatasetStore } from "../dataset-store.ts";
import { commitFolder } from "../folder/commit-folder.ts";
import { tagDataset } from "../tag.ts";
import { verifyDataset } from "../verify.ts";
import { collectGarbage } from "./collect-garbage.ts";

// What other tests have stored is nobody's garbage, and what they have damaged would stop everything: these have a bucket of their own.
const clean = `garbage-${randomUUID()}`;
const region = await openEnvironment("local");
const { descriptor } = region;
region[Symbol.dispose]();
const environment = connect({ ...descriptor, lake: { ...descriptor.lake, clean } });
await environment.s3.send(new CreateBucketCommand({ Bucket: clean }));
await environment.s3.send(new PutBucketVersioningCommand({ Bucket: clean, VersioningConfiguration: { Status: "Enabled" } }));
const store = new DatasetStore(environment);
afterAll(() => environment[Symbol.dispose]());

let name: string;
let folder: string;
let cacheFolder: string;

beforeEach(async () => {
  name = `garbage-${randomUUID().slice(0, 8)}`;
  folder = await temporaryFolder();
  cacheFolder = await temporaryFolder();
});

/** A new version, which is the latest. @returns its digest */
async function commit(content: string): Promise<string> {
  await writeFile(join(folder, "file.txt"), `${name} ${content}`);
  return (await commitFolder(environment, name, folder, { cacheFolder })).dataset.digest;
}

async function versions(): Promise<string[]> {
  return (await store.list(name)).map(({ digest }) => digest).sort();
}

const collect = (options = {}) => collectGarbage(environment, { youngDays: 0, ...options });

describe("garbage", () => {
  test("is a version that is neither the latest nor tagged, with the contents that only it has", async () => {
    const [first, second, third] = [await commit("1"), await commit("2"), await commit("3")];
    await tagDataset(environment, name, "good", first);
    const found = (await collect({ dryRun: true })).versions.filter((version) => version.name === name);
    expect(found.map(({ digest }) => digest)).toEqual([second]);
    expect(await versions()).toEqual([first, second, third].sort());

    const removed = await collect();
    expect(removed.contents.objects).toBeGreaterThanOrEqual(1);
    expect(await versions()).toEqual([first, third].sort());
    expect(await verifyDataset(environment, name, "good")).toMatchObject({ digest: first, verified: true });
    expect(await verifyDataset(environment, name)).toMatchObject({ digest: third, verified: true });
    expect((await collect({ dryRun: true })).versions.filter((version) => version.name === name)).toEqual([]);
  });

  test("is nothing that was stored in the last days", async () => {
    await commit("1");
    await commit("2");
    expect((await collectGarbage(environment)).versions.filter((version) => version.name === name)).toEqual([]);
    expect(await versions()).toHaveLength(2);
  });

  test("is nothing that a run names, by its dataset input or by a tag", async () => {
    const [first, second] = [await commit("1"), await commit("2"), await commit("3")];
    const { experimentId } = await environment.mlflow.experiments.getOrCreate(name);
    const run = async () => (await environment.mlflow.runs.create({ experimentId, startTime: 1 })).info.runId;
    const dataset = { name, digest: (first ?? "").slice(0, 32), sourceType: "s3", source: "{}" };
    await environment.mlflow.runs.logDatasets(await run(), [{ dataset }]);
    await environment.mlflow.runs.setTag(await run(), lineageTags.dataset, second ?? "");
    await collect();
    expect(await versions()).toHaveLength(3);
  });

  test("is nothing that a model version names", async () => {
    const first = await commit("1");
    await commit("2");
    await environment.mlflow.registeredModels.getOrCreate(name);
    const { experimentId } = await environment.mlflow.experiments.getOrCreate(name);
    const { runId, artifactUri } = (await environment.mlflow.runs.create({ experimentId, startTime: 1 })).info;
    await environment.mlflow.modelVersions.create({ name, source: artifactUri, runId, tags: { [lineageTags.dataset]: first } });
    await collect();
    expect(await versions()).toHaveLength(2);
  });

  test("is nothing that an event of the ledger names", async () => {
    const first = await commit("1");
    await commit("2");
    const { dynamodb } = environment;
    const item = { endpoint: { S: name }, sequence: { N: "1" } };
    const event = JSON.stringify({ type: "gates-passed", candidate: { dataset: first } });
    await dynamodb.send(new PutItemCommand({ TableName: descriptor.tables.ledger, Item: { ...item, event: { S: event } } }));
    try {
      const { kept } = await collect();
      expect(kept.ledger).toBeGreaterThanOrEqual(1);
      expect(await versions()).toHaveLength(2);
    } finally {
      await dynamodb.send(new DeleteItemCommand({ TableName: descriptor.tables.ledger, Key: item }));
    }
  });
});

describe("what meets garbage collection", () => {
  test("as a commit of the same content stands whole", async () => {
    const first = await commit("1");
    await commit("2");
    await collect();
    expect(await versions()).not.toContain(first);
    expect(await commit("1")).toBe(first);
    expect(await verifyDataset(environment, name)).toMatchObject({ digest: first, verified: true });
  });

  test.each(["removing", "looking again"])("as a tag that is set while it is %s keeps its version", async (moment) => {
    const first = await commit("1");
    await commit("2");
    let tagged: Promise<unknown> = Promise.resolve();
    await collect({
      progress(line: string) {
        if (line.startsWith(moment)) tagged = store.tags.set(name, "late", first).then(() => store.ensure({ name, digest: first }));
      },
    });
    await tagged;
    expect(await verifyDataset(environment, name, "late")).toMatchObject({ digest: first, verified: true });
  });

  test("and was killed before its second look is made good by the next one", async () => {
    await commit("1");
    const [chunk] = await contents();
    await store.files.remove(chunk ?? "");
    await expect(verifyDataset(environment, name)).rejects.toMatchObject({ code: "dataset.corrupt" });
    expect((await collect()).restored).toBeGreaterThanOrEqual(1);
    expect(await verifyDataset(environment, name)).toMatchObject({ verified: true });
  });
});

test("where the contents of a version that stays cannot be known, nothing is removed", async () => {
  await commit("1");
  const second = await commit("2");
  const { s3 } = environment;
  const place = { Bucket: clean, Key: store.key({ name, digest: second }) };
  await s3.send(new PutObjectCommand({ ...place, Body: "damaged" }));
  await expect(collect()).rejects.toMatchObject({ code: "content.corrupt" });
  expect(await versions()).toHaveLength(2);
  await rm(join(folder, "file.txt"));
  await commit("2");
});

async function contents(): Promise<string[]> {
  const manifest = await store.read(await store.resolve(name, "latest"));
  return "chunks" in manifest ? manifest.chunks.map(({ sha256 }) => sha256) : [];
}
