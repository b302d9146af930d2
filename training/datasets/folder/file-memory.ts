import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";
import { z } from "zod";
import type { FoundFile } from "./list-files.ts";

/** A file that was changed so shortly before it was read may change again without another stamp: clocks of file systems tick coarsely. */
const settledMilliseconds = 2_000;

const chunk = z.object({ sha256: z.string(), bytes: z.number() });
const hashedSchema = z.object({
  sha256: z.string(),
  /** Of a large file. */
  chunks: z.array(chunk).optional(),
});
const memorySchema = z.object({
  files: z.array(z.tuple([z.string(), hashedSchema.extend({ stamp: z.string() })])),
  packs: z.array(z.tuple([z.string(), z.string()])),
  stored: z.array(z.tuple([z.string(), z.string()])).default([]),
});

/** What is known of a file's content. */
export type HashedFile = z.infer<typeof hashedSchema>;

/**
 * What the files of one folder hashed to the last time, and how their chunks were stored: a file whose size, times and inode are as they were is not read
 * again.
 */
export class FileMemory {
  readonly #path: string;
  readonly #before: Known;
  readonly #now: Known = { files: new Map(), packs: new Map(), stored: new Map() };
  readonly #started: number;

  private constructor(path: string, before: Known, started: number) {
    this.#path = path;
    this.#before = before;
    this.#started = started;
  }

  /** @param started milliseconds since the epoch, before the files' stamps are taken */
  static async open(cacheFolder: string, folder: string, started: number): Promise<FileMemory> {
    const path = join(cacheFolder, "folders", `${sha256(folder)}.json`);
    return new FileMemory(path, await read(path), started);
  }

  file({ path, stamp }: FoundFile): HashedFile | undefined {
    const known = this.#before.files.get(path);
    return known?.stamp === stamp ? known : undefined;
  }

  keepFile({ path, stamp, changed }: FoundFile, { sha256, chunks }: HashedFile): void {
    if (changed > this.#started - settledMilliseconds) return;
    this.#now.files.set(path, { stamp, sha256, ...(chunks && { chunks }) });
  }

  pack(key: string): string | undefined {
    return this.#before.packs.get(key);
  }

  keepPack(key: string, sha256: string): void {
    this.#now.packs.set(key, sha256);
  }

  /** The store's marks of the chunks that stood there, by SHA-256. */
  stored(): ReadonlyMap<string, string> {
    return this.#before.stored;
  }

  keepStored(sha256: string, etag: string): void {
    this.#now.stored.set(sha256, etag);
  }

  /** For when a file turned out to be another than it was remembered as. */
  async forget(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** Forgets what was not kept since it was opened. */
  async save(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const fresh = `${this.#path}.${process.pid}`;
    const { files, packs, stored } = this.#now;
    await writeFile(fresh, JSON.stringify({ files: [...files], packs: [...packs], stored: [...stored] }));
    await rename(fresh, this.#path);
  }
}

interface Known {
  /** By path. */
  files: Map<string, HashedFile & { stamp: string }>;
  /** Chunks of small files, by the SHA-256 of the files' hashes. */
  packs: Map<string, string>;
  stored: Map<string, string>;
}

/** It is a memory only: where it is damaged or gone, the files are read. */
async function read(path: string): Promise<Known> {
  try {
    const { files, packs, stored } = memorySchema.parse(JSON.parse(await readFile(path, "utf8")));
    return { files: new Map(files), packs: new Map(packs), stored: new Map(stored) };
  } catch {
    return { files: new Map(), packs: new Map(), stored: new Map() };
  }
}
