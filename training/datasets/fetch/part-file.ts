import { constants } from "node:fs";
import { type FileHandle, open, rename, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sha256 } from "@falconry/environment/canonical.ts";
import { digestOf } from "@falconry/environment/content-store.ts";
import { partSuffix } from "../manifest.ts";

/** A link in the way of a part is refused: it may lead anywhere. */
const toWrite = constants.O_CREAT | constants.O_NOFOLLOW;

/** Writes a whole small file: it is there with its content, or not at all. */
export async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  await writeFile(path + partSuffix, content, { flag: toWrite | constants.O_WRONLY | constants.O_TRUNC });
  await rename(path + partSuffix, path);
}

/** A large file that is put together from stretches in any order. What a broken-off attempt left is gone on with. */
export class PartFile {
  readonly #path: string;
  readonly #bytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, bytes: number, handle: FileHandle) {
    this.#path = path;
    this.#bytes = bytes;
    this.#handle = handle;
  }

  /** @param path that the file gets, in a folder that is there */
  static async open(path: string, bytes: number): Promise<PartFile> {
    return new PartFile(path, bytes, await open(path + partSuffix, toWrite | constants.O_RDWR));
  }

  /** Whether these bytes stand there already. */
  async holds(offset: number, bytes: number, digest: string): Promise<boolean> {
    if ((await this.length()) < offset + bytes) return false;
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(bytes), 0, bytes, offset);
    return bytesRead === bytes && sha256(buffer) === digest;
  }

  async write(content: Uint8Array, offset: number): Promise<void> {
    for (let written = 0; written < content.byteLength; ) {
      written += (await this.#handle.write(content, written, content.byteLength - written, offset + written)).bytesWritten;
    }
  }

  /** How many bytes of the file stand there; a broken-off attempt may have left any. */
  async length(): Promise<number> {
    return Math.min((await this.#handle.stat()).size, this.#bytes);
  }

  /** Writes all that comes behind an offset. */
  async stream(content: Readable, offset: number): Promise<void> {
    await pipeline(content, this.#handle.createWriteStream({ start: offset, autoClose: false }));
  }

  /** SHA-256 of the whole file. */
  async digest(): Promise<string> {
    return (await digestOf(this.#handle.createReadStream({ start: 0, end: this.#bytes - 1, autoClose: false }))).sha256;
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await this.#handle.truncate(this.#bytes);
    await this.close();
    await rename(this.#path + partSuffix, this.#path);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
