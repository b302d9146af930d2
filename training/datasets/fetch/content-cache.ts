import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";

/** Contents that were got before, each under its SHA-256, on this machine. What does not match its hash is as good as not there. */
export class ContentCache {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, "content");
  }

  async get(digest: string): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    if (!existsSync(path)) return undefined;
    const content = await readFile(path);
    if (sha256(content) !== digest) return undefined;
    const now = new Date();
    await utimes(path, now, now);
    return content;
  }

  async put(digest: string, content: Uint8Array): Promise<void> {
    const path = this.#path(digest);
    const fresh = `${path}.${process.pid}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(fresh, content);
    await rename(fresh, path);
  }

  /** Deletes what was not asked for the longest, until at most `bytes` are left. */
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
      if (stats === undefined || stats.isDirectory()) continue;
      left -= stats.size;
      if (left < 0) await rm(path, { force: true });
    }
  }

  #path(digest: string): string {
    return join(this.#folder, digest.slice(0, 2), digest);
  }
}
