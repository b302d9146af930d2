import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { contentsOf, stretchesByContent } from "../fetch/stretches.ts";
import { type FolderManifest, folderManifestSchema } from "../manifest.ts";
import { FileMemory } from "./file-memory.ts";
import { FolderChunks } from "./folder-chunks.ts";
import { listFiles } from "./list-files.ts";

const MiB = 2 ** 20;
/** Long after every file was written. */
const later = Date.now() + 3_600_000;

function bytesOf(seed: number, count: number): Buffer {
  return createHash("shake256", { outputLength: count }).update(String(seed)).digest();
}

async function folderOf(files: Record<string, Uint8Array | string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

interface Read {
  manifest: FolderManifest;
  /** By hash, as they were handed out. */
  chunks: Map<string, Uint8Array>;
}

async function read(folder: string, cacheFolder?: string): Promise<Read> {
  const memory = await FileMemory.open(cacheFolder ?? (await temporaryFolder()), folder, later);
  const source = new FolderChunks(folder, listFiles(folder), memory);
  const chunks = new Map<string, Uint8Array>();
  for (const chunk of source.each()) {
    expect(chunks.has(chunk.sha256)).toBe(false);
    chunks.set(chunk.sha256, Buffer.from(chunk.content()));
  }
  await memory.save();
  return { manifest: folderManifestSchema.parse(source.manifest("photos")), chunks };
}

function putTogether({ manifest, chunks }: Read): Record<string, Buffer> {
  const { contents, files } = contentsOf(manifest);
  const whole = Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.alloc(bytes)]));
  for (const [digest, stretches] of stretchesByContent(contents, files)) {
    for (const { file, at, from, bytes } of stretches) {
      whole[file.path]?.set(chunks.get(digest)?.subarray(from, from + bytes) ?? [], at);
    }
  }
  return whole;
}

const mixed = {
  "a/empty": "",
  "a/one.txt": "one",
  "b.txt": "two",
  "copy of one.txt": "one",
  "large.bin": bytesOf(1, 9 * MiB + 5),
  "large copy.bin": bytesOf(1, 9 * MiB + 5),
  "middle.bin": bytesOf(2, 2 * MiB),
  "zeros.bin": Buffer.alloc(12 * MiB),
};

const few = { "a.txt": "a", "b.txt": "b", "large.bin": mixed["large.bin"] };

describe("a folder's chunks", () => {
  test("hold every file, in the order of the paths", async () => {
    const version = await read(await folderOf(mixed));
    expect(version.manifest.files.map(({ path }) => path)).toEqual(Object.keys(mixed).sort());
    const whole = putTogether(version);
    for (const [path, content] of Object.entries(mixed)) expect(whole[path]?.equals(Buffer.from(content)), path).toBe(true);
  });

  test("and files stand under the SHA-256 of their bytes", async () => {
    const { manifest, chunks } = await read(await folderOf(mixed));
    for (const [digest, content] of chunks) expect(sha256(content)).toBe(digest);
    for (const { path, sha256: digest } of manifest.files) expect(digest, path).toBe(sha256(mixed[path as keyof typeof mixed]));
  });

  test("hold the same content once", async () => {
    const { manifest, chunks } = await read(await folderOf(mixed));
    const stored = [...chunks.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(stored).toBe("onetwo".length + 9 * MiB + 5 + 2 * MiB + 8 * MiB + 4 * MiB);
    const place = (path: string) => manifest.files.filter((file) => file.path === path).map(({ chunk, offset }) => [chunk, offset])[0];
    expect(place("large copy.bin")).toEqual(place("large.bin"));
    expect(place("copy of one.txt")).toEqual(place("a/one.txt"));
  });

  test("are the same wherever the folder stands and whenever it was written", async () => {
    const [here, there] = [await folderOf(mixed), await folderOf(mixed)];
    await utimes(join(there, "b.txt"), 1_000_000_000, 1_000_000_000);
    expect((await read(there)).manifest).toEqual((await read(here)).manifest);
  });

  test("of many small files change around the file that changed", async () => {
    const small = Array.from({ length: 300 }, (_, index) => [`${1_000 + index}.bin`, Buffer.alloc(70_000, `content ${index}`)]);
    const folder = await folderOf(Object.fromEntries(small));
    const before = await read(folder);
    expect(before.chunks.size).toBeGreaterThan(2);
    expect(before.chunks.size).toBeLessThan(12);
    await writeFile(join(folder, "1150.bin"), "other");
    const after = await read(folder);
    expect([...after.chunks.keys()].filter((digest) => !before.chunks.has(digest)).length).toBeLessThanOrEqual(2);
  });
});

describe("the second time", () => {
  test("nothing is read that did not change", async () => {
    const folder = await folderOf(few);
    const cache = await temporaryFolder();
    const { manifest } = await read(folder, cache);
    const memory = await FileMemory.open(cache, folder, later);
    const chunks = new FolderChunks(folder, listFiles(folder), memory);
    for (const { path } of manifest.files) await rename(join(folder, path), join(folder, `${path}.gone`));
    expect([...chunks.each()].map(({ sha256: digest }) => digest).sort()).toEqual(
      [...new Set(manifest.chunks.map(({ sha256: digest }) => digest))].sort(),
    );
    expect(chunks.manifest("photos")).toEqual(manifest);
  });

  test("a file of other content under the old modification time is read", async () => {
    const folder = await folderOf(few);
    const cache = await temporaryFolder();
    await read(folder, cache);
    await writeFile(join(folder, "b.txt"), "TWO");
    await utimes(join(folder, "b.txt"), 1_000_000_000, 1_000_000_000);
    const { manifest } = await read(folder, cache);
    expect(manifest.files.find(({ path }) => path === "b.txt")?.sha256).toBe(sha256("TWO"));
  });

  test("a damaged memory is as good as none", async () => {
    const folder = await folderOf(few);
    const cache = await temporaryFolder();
    const { manifest } = await read(folder, cache);
    const memory = join(cache, "folders", `${sha256(folder)}.json`);
    await writeFile(memory, (await readFile(memory, "utf8")).slice(0, 100));
    expect((await read(folder, cache)).manifest).toEqual(manifest);
  });
});

test.each([
  ["a small file", "a.txt"],
  ["a large file", "large.bin"],
])("%s that is gone, or a folder by now, has changed, too", async (_, path) => {
  const folder = await folderOf(few);
  const files = listFiles(folder);
  const read = async () => [...new FolderChunks(folder, files, await FileMemory.open(await temporaryFolder(), folder, later)).each()];
  await rm(join(folder, path));
  await expect(read()).rejects.toMatchObject({ code: "dataset.changed", message: expect.stringContaining(path) });
  await mkdir(join(folder, path));
  await expect(read()).rejects.toMatchObject({ code: "dataset.changed" });
});

test("a file that is written while it is read commits nothing", async () => {
  const folder = await folderOf(few);
  const files = listFiles(folder);
  await writeFile(join(folder, "large.bin"), bytesOf(3, 9 * MiB + 5));
  const chunks = new FolderChunks(folder, files, await FileMemory.open(await temporaryFolder(), folder, later));
  expect(() => [...chunks.each()]).toThrow(expect.objectContaining({ code: "dataset.changed" }));
});
