import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "./canonical.ts";
import { ContentStore } from "./content-store.ts";
import { type Environment, openEnvironment } from "./environment.ts";

const prefix = "content-store-test";
let environment: Environment;
let store: ContentStore;
let folder: string;

beforeAll(async () => {
  environment = await openEnvironment("local");
  store = new ContentStore(environment.s3, environment.descriptor.lake.clean, { prefix });
  folder = await mkdtemp(join(tmpdir(), "falconry-content-"));
});
afterAll(async () => {
  environment[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

let content: Buffer;
beforeEach(() => {
  content = randomBytes(1_000);
});

test("what was put under its hash comes back", async () => {
  const stored = await store.put(content);
  expect(stored).toEqual({ sha256: sha256(content), bytes: 1_000, uploaded: true });
  expect(Buffer.from(await store.get(stored.sha256))).toEqual(content);
});

test("the same content is uploaded once, from memory or from a file", async () => {
  const path = join(folder, "same");
  await writeFile(path, content);
  const first = await store.putFile(path);
  expect(first.uploaded).toBe(true);
  expect(await store.put(content)).toEqual({ ...first, uploaded: false });
  expect(await store.putFile(path)).toEqual({ ...first, uploaded: false });
});

test("a file comes back as it went", async () => {
  const { sha256: digest } = await store.put(content);
  const path = join(folder, "back");
  await store.getFile(digest, path);
  expect(await readFile(path)).toEqual(content);
});

test("changed bytes are never handed out", async () => {
  const { sha256: digest } = await store.put(content);
  const flipped = Buffer.from(content);
  flipped.writeUInt8(content.readUInt8(0) ^ 1, 0);
  await environment.s3.send(new PutObjectCommand({ ...object(digest), Body: flipped }));
  await expect(store.get(digest)).rejects.toMatchObject({ code: "content.corrupt", message: expect.stringContaining(store.url(digest)) });
  await expect(store.getFile(digest, join(folder, "flipped"))).rejects.toMatchObject({ code: "content.corrupt" });
});

describe("other bytes under a hash", () => {
  const spoil = (digest: string) => environment.s3.send(new PutObjectCommand({ ...object(digest), Body: "spoilt" }));

  test("are put right by who has the content", async () => {
    const { sha256: digest } = await store.put(content);
    await spoil(digest);
    expect(await store.put(content)).toMatchObject({ uploaded: true });
    expect(Buffer.from(await store.get(digest))).toEqual(content);
  });

  test("of a store that is written once stay, and are said", async () => {
    const writeOnce = new ContentStore(environment.s3, environment.descriptor.lake.clean, { prefix, writeOnce: true });
    const { sha256: digest } = await writeOnce.put(content);
    expect(await writeOnce.put(content)).toMatchObject({ uploaded: false });
    await spoil(digest);
    await expect(writeOnce.put(content)).rejects.toMatchObject({ code: "content.corrupt", message: expect.stringContaining(digest) });
  });
});

test("what somebody else stored under its hash, without saying so, is not uploaded again", async () => {
  await environment.s3.send(new PutObjectCommand({ ...object(sha256(content)), Body: content }));
  expect(await store.put(content)).toMatchObject({ uploaded: false });
});

test("lost content is missed by name", async () => {
  const { sha256: digest } = await store.put(content);
  await environment.s3.send(new DeleteObjectCommand(object(digest)));
  await expect(store.get(digest)).rejects.toMatchObject({ code: "content.missing", message: `${store.url(digest)} does not exist` });
});

describe("what was removed", () => {
  test("is missed, and taken back by who still needs it", async () => {
    const { sha256: digest } = await store.put(content);
    expect(await store.ensure(digest)).toBe(false);
    await store.remove(digest);
    await store.remove(digest);
    await expect(store.check(digest)).rejects.toMatchObject({ code: "content.missing" });
    expect(await store.ensure(digest)).toBe(true);
    await store.check(digest);
  });

  test("and was never there cannot be taken back", async () => {
    await expect(store.ensure(sha256(content))).rejects.toMatchObject({ code: "content.missing" });
  });
});

describe("many contents", () => {
  const workers = 8;
  const many = Array.from({ length: 1_200 }, (_, index) => {
    const content = `content ${index}`;
    return { content, sha256: sha256(content), bytes: content.length };
  });
  const manyPrefix = "content-store-test-many";
  const etags = new Map<string, string>();
  let store: ContentStore;

  beforeAll(async () => {
    store = new ContentStore(environment.s3, environment.descriptor.lake.clean, { prefix: manyPrefix });
    const worker = async (number: number) => {
      for (const file of many.filter((_, index) => index % workers === number)) {
        etags.set(file.sha256, (await store.putKnown(file, () => Buffer.from(file.content))).etag ?? "");
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, number) => worker(number)));
  });

  test("are known to stand unchanged by the page: not those that are gone, or whose bytes are others", async () => {
    expect(await store.unchanged(etags)).toEqual(etags);
    const [lost = "", spoilt = ""] = etags.keys();
    await store.remove(lost);
    await environment.s3.send(new PutObjectCommand({ ...object(spoilt, manyPrefix), Body: "spoilt" }));
    const rest = [...etags].filter(([digest]) => ![lost, spoilt].includes(digest));
    expect(await store.unchanged(etags)).toEqual(new Map(rest));
  });

  test("are not looked for by the page where a page answers few of the questions", async () => {
    const few = new Map([...etags].slice(2, 52));
    const answered = await store.unchanged(few);
    expect(answered.size).toBeGreaterThan(0);
    expect(answered.size).toBeLessThan(few.size);
    expect(await store.unchanged(new Map([...few].slice(1)))).toEqual(new Map());
  });
});

test("a content is listed with its size, and read from any byte on", async () => {
  const { sha256: digest } = await store.put(content);
  const listed: { sha256: string; bytes: number }[] = [];
  for await (const each of store.list()) listed.push({ sha256: each.sha256, bytes: each.bytes });
  expect(listed).toContainEqual({ sha256: digest, bytes: 1_000 });
  expect((await buffer(await store.open(digest, 900))).equals(content.subarray(900))).toBe(true);
});

function object(digest: string, folder = prefix) {
  return { Bucket: environment.descriptor.lake.clean, Key: `${folder}/${digest}` };
}
