import { randomUUID } from "node:crypto";
import { constants, createReadStream, existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { StoredFile } from "@falconry/environment/content-store.ts";

/**
 * Contents that were got before, on this machine, each under its SHA-256: those that small files share, and large files as a whole. A large file is not written
 * a second time: the cache is one more name (a hard link) of the file in the folder it was got into. Who writes into that file writes into the cache: nothing
 * is taken on trust, and what does not match its hash is as good as not there.
 */
export class ContentCache {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, "content");
  }

  /** @param memory with room for the content, which comes in it */
  async get(content: StoredFile, memory: Buffer): Promise<Buffer | undefined> {
    const whole = await this.#read(content.sha256, 0, content, memory);
    if (whole !== undefined) return whole;
    const place = await this.#place(content.sha256);
    if (place === undefined) return undefined;
    const part = await this.#read(place.file, place.at, content, memory);
    if (part !== undefined) await this.#touch(this.#placePath(content.sha256));
    return part;
  }

  /** Not checked. */
  open(digest: string): Readable | undefined {
    return existsSync(this.#path(digest)) ? createReadStream(this.#path(digest)) : undefined;
  }

  async put(digest: string, content: Uint8Array): Promise<void> {
    await this.#write(digest, (fresh) => writeFile(fresh, content));
  }

  /**
   * Keeps a file that stands in a folder.
   *
   * @param contents what it is made of, by the SHA-256
   */
  async keep(file: string, digest: string, contents: Map<string, { at: number }[]>): Promise<void> {
    // A link cannot lead into another file system, and some have none.
    await this.#write(digest, (fresh) => link(file, fresh).catch(() => copyFile(file, fresh, constants.COPYFILE_EXCL)));
    for (const [content, [stretch]] of contents) {
      if (stretch === undefined || content === digest) continue;
      await mkdir(dirname(this.#placePath(content)), { recursive: true });
      await writeFile(this.#placePath(content), `${digest} ${stretch.at}`);
    }
  }

  /** Deletes what was not asked for the longest, until at most `bytes` are left. Files that still stand in a folder take no room, and stay. */
  async shrink(bytes: number): Promise<void> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const kept = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        return { path, stats: await stat(path).catch(() => undefined) };
      }),
    );
    let left = bytes;
    for (const { path, stats } of kept.toSorted((one, other) => (other.stats?.mtimeMs ?? 0) - (one.stats?.mtimeMs ?? 0))) {
      if (stats === undefined || stats.isDirectory() || stats.nlink > 1) continue;
      left -= stats.size;
      if (left < 0) await rm(path, { force: true });
    }
  }

  /** What stands in a kept file, if it is this content. */
  async #read(kept: string, at: number, { sha256: digest, bytes }: StoredFile, memory: Buffer): Promise<Buffer | undefined> {
    const file = await open(this.#path(kept)).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const { bytesRead } = await file.read(memory, 0, bytes, at);
      const content = memory.subarray(0, bytesRead);
      if (sha256(content) !== digest) return undefined;
      await this.#touch(this.#path(kept));
      return content;
    } finally {
      await file.close();
    }
  }

  /** The file that a content is a part of. What a crash left half written is as good as nothing. */
  async #place(digest: string): Promise<{ file: string; at: number } | undefined> {
    const text = await readFile(this.#placePath(digest), "utf8").catch(() => "");
    const [, file, at] = /^([0-9a-f]{64}) (\d+)$/.exec(text) ?? [];
    return file === undefined ? undefined : { file, at: Number(at) };
  }

  /** It is there as a whole, or not at all. */
  async #write(digest: string, write: (fresh: string) => Promise<void>): Promise<void> {
    const path = this.#path(digest);
    const fresh = `${path}.${randomUUID()}`;
    await mkdir(dirname(path), { recursive: true });
    await write(fresh);
    await rename(fresh, path);
    await rm(fresh, { force: true }); // where both are names of one file, renaming leaves both
  }

  /** As asked for just now. The times of a file that stands in a folder are not the cache's to set. */
  async #touch(path: string): Promise<void> {
    if ((await stat(path)).nlink > 1) return;
    const now = new Date();
    await utimes(path, now, now);
  }

  #path(digest: string): string {
    return join(this.#folder, digest.slice(0, 2), digest);
  }

  #placePath(digest: string): string {
    return `${this.#path(digest)}.in`;
  }
}
