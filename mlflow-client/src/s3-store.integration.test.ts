import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { MlflowClient } from "./index.ts";
import { s3, trackingUri, unusedName } from "./live-server.ts";

// An experiment whose artifacts the tracking server leaves to its clients, as SageMaker's does.
const bucket = unusedName();
const client = new MlflowClient({ trackingUri, s3 });
let artifactUri: string;
let folder: string;

beforeAll(async () => {
  await fetch(`${s3.endpoint}/${bucket}`, { method: "PUT" });
  const { experimentId } = await client.experiments.create({ name: bucket, artifactLocation: `s3://${bucket}/mlflow` });
  artifactUri = (await client.runs.create({ experimentId })).info.artifactUri;
  folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the run's artifacts are in the bucket", () => {
  expect(artifactUri).toMatch(new RegExp(`^s3://${bucket}/mlflow/[0-9a-f]{32}/artifacts$`));
});

test.for(["with space.txt", "plus+and&and=.txt", "100% sure.txt", "é 火箭.txt", "(~tilde'quote\"*!).txt"])(
  "a file may be called %j",
  async (name) => {
    await client.artifacts.upload(artifactUri, `names/${name}`, name);
    expect(new TextDecoder().decode(await client.artifacts.download(artifactUri, `names/${name}`))).toBe(name);
    expect((await collect(client.artifacts.list(artifactUri, "names"))).map(({ path }) => path)).toContain(`names/${name}`);
  },
);

test("a folder goes there, is resumed, comes back, and is deleted with what is in it", async () => {
  const large = Buffer.alloc(8_000_000, "falconry");
  await writeFile(join(folder, "large.bin"), large);
  await writeFile(join(folder, "notes.txt"), "C = 0.1");
  await client.artifacts.upload(artifactUri, "model/deep/notes.txt", "deep");
  await client.artifacts.uploadFolder(artifactUri, "model", folder);
  expect(await client.artifacts.uploadFolder(artifactUri, "model", folder, { resume: true })).toEqual([]);

  const back = join(folder, "back");
  const downloaded = await client.artifacts.downloadFolder(artifactUri, "model", back);
  expect(downloaded.sort()).toEqual(["model/deep/notes.txt", "model/large.bin", "model/notes.txt"]);
  expect((await readFile(join(back, "large.bin"))).equals(large)).toBe(true);

  await client.artifacts.delete(artifactUri, "model");
  expect(await collect(client.artifacts.walk(artifactUri, "model"))).toEqual([]);
});

test("a file that does not exist is RESOURCE_DOES_NOT_EXIST, and leaves nothing behind", async () => {
  const local = join(folder, "nowhere.bin");
  await expect(client.artifacts.downloadFile(artifactUri, "nowhere.bin", local)).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
  await expect(stat(local)).rejects.toThrow("ENOENT");
});
