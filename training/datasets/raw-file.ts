import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";

const gzipMagic = [0x1f, 0x8b];
const bytesPerRead = 256 << 10;

/** How a file's text is encoded; `windows-1252` holds Latin-1. */
export type TextEncoding = NonNullable<Workload["source"]["encoding"]>;

/** A file of raw records, gzipped or not. */
export class RawFile {
  readonly path: string;
  /** Without folders, as messages and the quarantine call it. */
  readonly name: string;
  /** Bytes of the content, after decompression, that the last reading has read so far. */
  bytesRead = 0;

  private constructor(path: string) {
    this.path = path;
    this.name = basename(path);
  }

  /** @throws FalconryError `ingest.missing-file`, `ingest.empty` */
  static async open(path: string): Promise<RawFile> {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      throw new FalconryError("ingest.missing-file", {
        message: `${path} ${found === undefined ? "does not exist" : "is no file"}`,
        hint: "Give --from the path of a CSV or JSON file, or leave it out for the workload's own table",
      });
    }
    if (found.size === 0) throw emptyFile(path);
    return new RawFile(path);
  }

  get isJson(): boolean {
    return /\.json(\.gz)?$/i.test(this.name);
  }

  /** The content as it is, unpacked. */
  async *bytes(): AsyncGenerator<Buffer> {
    this.bytesRead = 0;
    const raw = createReadStream(this.path, { highWaterMark: bytesPerRead });
    const unpacked = (await isGzip(this.path)) ? pipeline(raw, createGunzip({ chunkSize: bytesPerRead }), () => {}) : raw;
    for await (const chunk of unpacked) {
      this.bytesRead += chunk.byteLength;
      yield chunk;
    }
  }

  /**
   * The content as pieces of text without its byte order mark, which counts more than the encoding given. Bytes that are no such text
   * come as U+FFFD.
   */
  async *text(encoding: TextEncoding = "utf-8"): AsyncGenerator<string> {
    let decoder: TextDecoder | undefined;
    for await (const chunk of this.bytes()) {
      decoder ??= new TextDecoder(markedEncoding(chunk) ?? encoding);
      yield decoder.decode(chunk, { stream: true });
    }
    if (decoder !== undefined) yield decoder.decode();
  }

  /** What a failure of the {@link text} means: a FalconryError `ingest.truncated` where the gzip is at fault. */
  explain(error: unknown, recordsRead: number): unknown {
    if (!(error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_"))) return error;
    const how = error.code === "Z_BUF_ERROR" ? "ends early" : `is damaged (${error.message})`;
    return new FalconryError("ingest.truncated", {
      message: `${this.name}: the gzip ${how} after byte ${this.bytesRead} of its content, in record ${recordsRead + 1}; nothing was committed`,
      hint: "Fetch the file again and compare its size and hash with the sender's",
      cause: error,
    });
  }
}

export function emptyFile(path: string): FalconryError {
  return new FalconryError("ingest.empty", {
    message: `${basename(path)} holds no record`,
    hint: "Check how the file was made; a CSV starts with a line of column names, and a record follows",
  });
}

/** What a byte order mark at the beginning says; undefined where there is none. */
export function markedEncoding(beginning: Uint8Array): TextEncoding | undefined {
  const [first, second, third] = beginning;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

async function isGzip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: gzipMagic.length - 1 })) {
    return gzipMagic.every((byte, index) => chunk[index] === byte);
  }
  return false;
}
