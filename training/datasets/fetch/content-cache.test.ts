import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { ContentCache } from "./content-cache.ts";

let cacheFolder: string;
let cache: ContentCache;
let content: Buffer;
beforeEach(async () => {
  cacheFolder = await temporaryFolder();
  cache = new ContentCache(cacheFolder);
  content = randomBytes(1_000);
});

const keptAt = (bytes: Buffer) => join(cacheFolder, "content", sha256(bytes).slice(0, 2), sha256(bytes));
const get = (bytes: Buffer) => cache.get({ sha256: sha256(bytes), bytes: bytes.byteLength }, Buffer.alloc(bytes.byteLength));

test("what was put comes back; nothing else is there", async () => {
  await cache.put(sha256(content), content);
  expect(await get(content)).toEqual(content);
  expect(await get(randomBytes(1_000))).toBeUndefined();
});

describe("a file of a folder", () => {
  let file: string;
  let head: Buffer;
  let tail: Buffer;

  beforeEach(async () => {
    file = join(await temporaryFolder(), "large.bin");
    await writeFile(file, content);
    [head, tail] = [content.subarray(0, 600), content.subarray(600)];
    await cache.keep(file, sha256(content), new Map([head, tail].map((part, index) => [sha256(part), [{ at: index * 600 }]])));
  });

  test("is there as a whole and in its parts, and takes no room", async () => {
    for (const bytes of [content, head, tail]) expect(await get(bytes)).toEqual(bytes);
    expect((await stat(keptAt(content))).ino).toBe((await stat(file)).ino);
  });

  test("is there when the folder is gone", async () => {
    await rm(file);
    expect(await get(tail)).toEqual(tail);
  });

  test("that was written into is there no more, but what it still has", async () => {
    const changed = Buffer.from(content);
    changed.writeUInt8(changed.readUInt8(0) ^ 1, 0);
    await writeFile(file, changed);
    for (const bytes of [content, head]) expect(await get(bytes)).toBeUndefined();
    expect(await get(tail)).toEqual(tail);
  });

  test("keeps its times when it is asked for", async () => {
    const before = await stat(file);
    await get(tail);
    expect(await stat(file)).toMatchObject({ mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs });
  });

  test("is kept once more without a trace", async () => {
    await cache.keep(file, sha256(content), new Map());
    const names = await readdir(dirname(keptAt(content)));
    expect(names.filter((name) => name.startsWith(sha256(content)))).toEqual([sha256(content)]);
    expect(await readFile(file)).toEqual(content);
  });

  test("is not deleted to make room while it stands there", async () => {
    const other = randomBytes(1_000);
    await cache.put(sha256(other), other);
    await cache.shrink(200);
    expect(await get(other)).toBeUndefined();
    expect(await get(content)).toEqual(content);
    await rm(file);
    await cache.shrink(200);
    expect(await get(content)).toBeUndefined();
  });
});

test("what was asked for last stays longest", async () => {
  const longAgo = new Date("2020-01-01");
  const others = [randomBytes(1_000), randomBytes(1_000)];
  for (const bytes of [content, ...others]) {
    await cache.put(sha256(bytes), bytes);
    await utimes(keptAt(bytes), longAgo, longAgo);
  }
  await get(content);
  await cache.shrink(1_000);
  expect(await get(content)).toEqual(content);
  for (const bytes of others) expect(await get(bytes)).toBeUndefined();
});
