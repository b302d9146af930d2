import { beforeAll, expect, test } from "vitest";
import { client, collect, unusedName } from "./live-server.ts";

let artifactUri: string;

beforeAll(async () => {
  const { experimentId } = await client.experiments.getOrCreate(unusedName());
  artifactUri = (await client.runs.create({ experimentId })).info.artifactUri;
});

test("bytes come back as they were", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 31) % 256);
  await client.artifacts.upload(artifactUri, "model/model.onnx", bytes);
  expect(Buffer.from(await client.artifacts.download(artifactUri, "model/model.onnx")).equals(bytes)).toBe(true);
});

test("an empty file stays one", async () => {
  await client.artifacts.upload(artifactUri, "empty", "");
  expect(await client.artifacts.download(artifactUri, "empty")).toHaveLength(0);
});

test.for([
  "with space.txt",
  "plus+and&and=.txt",
  "100% sure.txt",
  "question?.txt",
  "é 火箭.txt",
  "a;b.txt",
  "colon: 1.txt",
  "~tilde'quote\".txt",
])("a file may be called %j", async (name) => {
  await client.artifacts.upload(artifactUri, `names/${name}`, name);
  expect(new TextDecoder().decode(await client.artifacts.download(artifactUri, `names/${name}`))).toBe(name);
  expect((await collect(client.artifacts.list(artifactUri, "names"))).map(({ path }) => path)).toContain(`names/${name}`);
});

test("a folder lists its files and folders, not what is below them", async () => {
  await client.artifacts.upload(artifactUri, "tree/leaf.txt", "leaf");
  await client.artifacts.upload(artifactUri, "tree/branch/twig.txt", "twig");
  const listed = await collect(client.artifacts.list(artifactUri, "tree"));
  expect(listed.sort((a, b) => a.path.localeCompare(b.path))).toEqual([
    { path: "tree/branch", isDirectory: true, bytes: 0 },
    { path: "tree/leaf.txt", isDirectory: false, bytes: 4 },
  ]);
});

test("a folder that does not exist lists nothing", async () => {
  expect(await collect(client.artifacts.list(artifactUri, "nowhere"))).toEqual([]);
});

test("a file that does not exist is RESOURCE_DOES_NOT_EXIST, by its name", async () => {
  await expect(client.artifacts.download(artifactUri, "nowhere/model.onnx")).rejects.toMatchObject({
    status: 404,
    code: "RESOURCE_DOES_NOT_EXIST",
    message: `${artifactUri} holds no file nowhere/model.onnx`,
  });
});
