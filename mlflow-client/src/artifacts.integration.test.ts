import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { MlflowClient } from "./index.ts";
import { client, trackingUri, unusedName } from "./live-server.ts";

const mebibyte = 2 ** 20;
let artifactUri: string;
let folder: string;

beforeAll(async () => {
  const { experimentId } = await client.experiments.getOrCreate(unusedName());
  artifactUri = (await client.runs.create({ experimentId })).info.artifactUri;
  folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

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

test("a folder is no file, though the server answers for it", async () => {
  await client.artifacts.upload(artifactUri, "model/model.onnx", "bytes");
  await expect(client.artifacts.download(artifactUri, "model")).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
  const local = join(folder, "model");
  await expect(client.artifacts.downloadFile(artifactUri, "model", local)).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
  await expect(stat(local)).rejects.toThrow("ENOENT");
});

describe("a file of this machine", () => {
  test("is streamed there and back", async () => {
    const file = await writtenFile("middling.bin", 10 * mebibyte);
    const seen: string[] = [];
    await watching(seen).artifacts.uploadFile(artifactUri, "files/middling.bin", file);
    expect(seen).toEqual(["PUT artifacts"]);
    await client.artifacts.downloadFile(artifactUri, "files/middling.bin", join(folder, "back", "middling.bin"));
    expect(await digestOf(join(folder, "back", "middling.bin"))).toBe(await digestOf(file));
  });

  test("goes in parts past the server where it is large", async () => {
    const file = await writtenFile("large.bin", 70 * mebibyte + 1);
    const seen: string[] = [];
    await watching(seen).artifacts.uploadFile(artifactUri, "files/large.bin", file);
    expect(seen).toEqual(["POST create", "POST complete"]);
    await client.artifacts.downloadFile(artifactUri, "files/large.bin", join(folder, "large.bin.back"));
    expect(await digestOf(join(folder, "large.bin.back"))).toBe(await digestOf(file));
  });

  test.for(["refused", "out of reach"])("is streamed where parts are %s", async (why) => {
    const file = await writtenFile("large.bin", 65 * mebibyte);
    const name = `files/${why}.bin`;
    const answering: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init);
      if (!String(url).includes("mpu/create")) return answer;
      if (why === "refused") return Response.json({ error_code: "NOT_IMPLEMENTED", message: "" }, { status: 501 });
      return Response.json(JSON.parse((await answer.text()).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:1")));
    };
    const other = new MlflowClient({ trackingUri, fetch: answering, sleep: async () => {} });
    await other.artifacts.uploadFile(artifactUri, name, file);
    expect(await sizesIn("files")).toMatchObject({ [name]: 65 * mebibyte });
  });

  test("that is not there leaves nothing behind", async () => {
    const local = join(folder, "nowhere.bin");
    await expect(client.artifacts.downloadFile(artifactUri, "files/nowhere.bin", local)).rejects.toMatchObject({
      code: "RESOURCE_DOES_NOT_EXIST",
    });
    await expect(stat(local)).rejects.toThrow("ENOENT");
    await expect(stat(`${local}.part`)).rejects.toThrow("ENOENT");
  });
});

describe("a folder", () => {
  beforeAll(async () => {
    await mkdir(join(folder, "tree", "branch"), { recursive: true });
    await writeFile(join(folder, "tree", "leaf.txt"), "leaf");
    await writeFile(join(folder, "tree", "branch", "twig é.txt"), "twig");
    await writeFile(join(folder, "elsewhere.txt"), "else");
    await symlink(join(folder, "elsewhere.txt"), join(folder, "tree", "link.txt"));
    await symlink(join(folder, "tree"), join(folder, "tree", "branch", "circle"));
    await client.artifacts.uploadFolder(artifactUri, "forest", join(folder, "tree"));
  });

  test("is uploaded with everything below it, and downloaded again", async () => {
    expect(await sizesIn("forest")).toEqual({ "forest/leaf.txt": 4, "forest/link.txt": 4, "forest/branch/twig é.txt": 4 });
    const downloaded = await client.artifacts.downloadFolder(artifactUri, "forest", join(folder, "again"));
    expect(downloaded.sort()).toEqual(["forest/branch/twig é.txt", "forest/leaf.txt", "forest/link.txt"]);
    expect(await readFile(join(folder, "again", "branch", "twig é.txt"), "utf8")).toBe("twig");
  });

  test("is resumed by file: what is there already is not sent or fetched again", async () => {
    await writeFile(join(folder, "tree", "new.txt"), "new");
    expect(await client.artifacts.uploadFolder(artifactUri, "forest", join(folder, "tree"), { resume: true })).toEqual(["forest/new.txt"]);
    await writeFile(join(folder, "tree", "leaf.txt"), "cut");
    const downloaded = await client.artifacts.downloadFolder(artifactUri, "forest", join(folder, "tree"), { resume: true });
    expect(downloaded).toEqual(["forest/leaf.txt"]);
  });

  test("is deleted with what is in it", async () => {
    await client.artifacts.upload(artifactUri, "old/deep/file.txt", "old");
    await client.artifacts.delete(artifactUri, "old");
    expect(await collect(client.artifacts.list(artifactUri, "old"))).toEqual([]);
  });
});

async function sizesIn(path: string): Promise<Record<string, number>> {
  return Object.fromEntries((await collect(client.artifacts.walk(artifactUri, path))).map(({ path, bytes }) => [path, bytes]));
}

/** Bytes that are different everywhere. */
async function writtenFile(name: string, size: number): Promise<string> {
  const file = join(folder, name);
  const handle = await open(file, "w");
  for (let from = 0; from < size; from += mebibyte) {
    const block = Buffer.alloc(Math.min(mebibyte, size - from), createHash("sha256").update(String(from)).digest());
    await handle.write(block);
  }
  await handle.close();
  return file;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Notes what of MLflow's artifact service is asked for. */
function watching(seen: string[]): MlflowClient {
  const noting: typeof fetch = (url, init) => {
    seen.push(`${init?.method} ${String(url).match(/mlflow-artifacts\/(?:mpu\/)?(\w+)/)?.[1]}`);
    return fetch(url, init);
  };
  return new MlflowClient({ trackingUri, fetch: noting });
}
