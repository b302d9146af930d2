import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";

/** Ends the name of a file that is not whole yet. */
export const partSuffix = ".falconry-part";

/** Writes a whole small file: it is there with its content, or not at all. */
export function writeWhole(path: string, content: Uint8Array): void {
  writeFileSync(path + partSuffix, content);
  renameSync(path + partSuffix, path);
}

/** A large file that is put together from stretches in any order. What a broken-off attempt left is gone on with. */
export class PartFile {
  readonly #path: string;
  readonly #bytes: number;
  readonly #descriptor: number;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
    const part = path + partSuffix;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(part, existsSync(part) ? "r+" : "w+");
  }

  /** Whether these bytes stand there already. */
  holds(offset: number, bytes: number, digest: string): boolean {
    const content = Buffer.allocUnsafe(bytes);
    let filled = 0;
    while (filled < bytes) {
      const count = readSync(this.#descriptor, content, filled, bytes - filled, offset + filled);
      if (count === 0) return false;
      filled += count;
    }
    return sha256(content) === digest;
  }

  write(content: Uint8Array, offset: number): void {
    let written = 0;
    while (written < content.byteLength)
      written += writeSync(this.#descriptor, content, written, content.byteLength - written, offset + written);
  }

  /** Gives the file its name. */
  finish(): void {
    ftruncateSync(this.#descriptor, this.#bytes);
    this.close();
    renameSync(this.#path + partSuffix, this.#path);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
