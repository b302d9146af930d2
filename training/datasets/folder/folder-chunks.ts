import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { StoredFile } from "@falconry/environment/content-store.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { FolderManifest } from "../manifest.ts";
import { chunkBytes, cutPoint } from "./content-cut.ts";
import type { FileMemory, HashedFile } from "./file-memory.ts";
import { type FoundFile, isUnchanged, readable } from "./list-files.ts";
import { endsPack, smallFileBytes } from "./pack.ts";

/** Something to be stored under its hash. */
export interface Chunk extends StoredFile {
  /** Read again where it was not read now. @throws FalconryError `dataset.changed` */
  content(): Uint8Array;
}

/** A folder's files as chunks: first those that small files share, then those of each large file. */
export class FolderChunks {
  readonly #folder: string;
  readonly #files: FoundFile[];
  readonly #memory: FileMemory;
  readonly #chunks: StoredFile[] = [];
  readonly #handedOut = new Set<string>();
  /** Where content begins, by its hash: the same content stands once. */
  readonly #places = new Map<string, { chunk: number; offset: number }>();
  readonly #hashes = new Map<string, string>();

  constructor(folder: string, files: FoundFile[], memory: FileMemory) {
    this.#folder = folder;
    this.#files = files;
    this.#memory = memory;
  }

  /** Each different chunk once, read as it is asked for. @throws FalconryError `dataset.changed` */
  *each(): Generator<Chunk> {
    yield* this.#packs();
    for (const file of this.#files) if (file.bytes >= smallFileBytes) yield* this.#large(file);
  }

  /** When {@link each} has come to its end. */
  manifest(name: string): FolderManifest {
    const files = this.#files.map(({ path, bytes }) => {
      const digest = this.#hashes.get(path) ?? "";
      return { path, sha256: digest, bytes, ...(this.#places.get(digest) ?? { chunk: 0, offset: 0 }) };
    });
    return { name, kind: "folder", chunks: this.#chunks, files };
  }

  *#packs(): Generator<Chunk> {
    let pack: SmallFile[] = [];
    let packed = 0;
    for (const file of this.#files) {
      if (file.bytes >= smallFileBytes) continue;
      const small = this.#small(file);
      this.#hashes.set(file.path, small.sha256);
      if (file.bytes === 0 || this.#places.has(small.sha256)) continue;
      this.#places.set(small.sha256, { chunk: this.#chunks.length, offset: packed });
      pack.push(small);
      packed += file.bytes;
      if (!endsPack(packed, { sha256: small.sha256, bytes: file.bytes })) continue;
      yield* this.#handOut(this.#packed(pack));
      [pack, packed] = [[], 0];
    }
    if (pack.length > 0) yield* this.#handOut(this.#packed(pack));
  }

  #small(file: FoundFile): SmallFile {
    const known = this.#memory.file(file);
    if (known !== undefined) {
      this.#memory.keepFile(file, known);
      return { file, sha256: known.sha256 };
    }
    const content = this.#read(file);
    const hashed = { file, sha256: sha256(content), content };
    this.#confirm(file);
    this.#memory.keepFile(file, hashed);
    return hashed;
  }

  #packed(pack: SmallFile[]): Chunk {
    const key = sha256(pack.map((small) => small.sha256).join(""));
    const content = () =>
      Buffer.concat(pack.map((small) => small.content ?? this.#expect(small.file, small.sha256, this.#read(small.file))));
    const known = this.#memory.pack(key);
    const bytes = pack.reduce((sum, { file }) => sum + file.bytes, 0);
    const assembled = known === undefined ? content() : undefined;
    const digest = known ?? sha256(assembled ?? content());
    this.#memory.keepPack(key, digest);
    return { sha256: digest, bytes, content: () => assembled ?? content() };
  }

  *#large(file: FoundFile): Generator<Chunk> {
    const known = this.#memory.file(file);
    const hashed = known?.chunks === undefined ? yield* this.#cut(file) : known;
    const { chunks = [] } = hashed;
    this.#memory.keepFile(file, hashed);
    this.#hashes.set(file.path, hashed.sha256);
    if (this.#places.has(hashed.sha256)) return;
    this.#places.set(hashed.sha256, { chunk: this.#chunks.length, offset: 0 });
    let offset = 0;
    for (const chunk of chunks) {
      const begin = offset;
      yield* this.#handOut({ ...chunk, content: () => this.#expect(file, chunk.sha256, this.#readRange(file, begin, chunk.bytes)) });
      offset += chunk.bytes;
    }
  }

  /** Hands the chunks out as they are cut, so that nothing is read twice. */
  *#cut(file: FoundFile): Generator<Chunk, HashedFile> {
    const whole = createHash("sha256");
    const chunks: StoredFile[] = [];
    const descriptor = this.#of(file, (place) => openSync(place, "r"));
    try {
      let content = Buffer.alloc(0);
      for (let read = 0; read < file.bytes || content.byteLength > 0; ) {
        const rest = content.byteLength;
        const window = Buffer.allocUnsafe(Math.min(chunkBytes.max, rest + file.bytes - read));
        content.copy(window);
        const filled = this.#of(file, () => readFully(descriptor, window.subarray(rest), read));
        if (filled < window.byteLength - rest) throw changed(join(this.#folder, file.path));
        read += window.byteLength - rest;
        const end = cutPoint(window);
        const chunk = window.subarray(0, end);
        content = window.subarray(end);
        whole.update(chunk);
        const stored = { sha256: sha256(chunk), bytes: end };
        chunks.push(stored);
        if (!this.#handedOut.has(stored.sha256)) yield this.#once({ ...stored, content: () => chunk });
      }
    } finally {
      closeSync(descriptor);
    }
    this.#confirm(file);
    return { sha256: whole.digest("hex"), chunks };
  }

  *#handOut(chunk: Chunk): Generator<Chunk> {
    this.#chunks.push({ sha256: chunk.sha256, bytes: chunk.bytes });
    if (!this.#handedOut.has(chunk.sha256)) yield this.#once(chunk);
  }

  #once(chunk: Chunk): Chunk {
    this.#handedOut.add(chunk.sha256);
    return chunk;
  }

  /** What was read in pieces is one content only where nobody wrote meanwhile. */
  #confirm(file: FoundFile): void {
    if (!isUnchanged(this.#folder, file)) throw changed(join(this.#folder, file.path));
  }

  /** What cannot be read because it is gone, or another thing by now, has changed. */
  #of<T>(file: FoundFile, read: (place: string) => T): T {
    const place = join(this.#folder, file.path);
    try {
      return readable(place, () => read(place));
    } catch (error) {
      throw isUnchanged(this.#folder, file) ? error : changed(place);
    }
  }

  #read(file: FoundFile): Uint8Array {
    const content = this.#of(file, (place) => readFileSync(place));
    if (content.byteLength !== file.bytes) throw changed(join(this.#folder, file.path));
    return content;
  }

  #readRange(file: FoundFile, offset: number, bytes: number): Uint8Array {
    const descriptor = this.#of(file, (place) => openSync(place, "r"));
    try {
      const content = Buffer.allocUnsafe(bytes);
      return content.subarray(
        0,
        this.#of(file, () => readFully(descriptor, content, offset)),
      );
    } finally {
      closeSync(descriptor);
    }
  }

  #expect(file: FoundFile, digest: string, content: Uint8Array): Uint8Array {
    if (sha256(content) !== digest) throw changed(join(this.#folder, file.path));
    return content;
  }
}

interface SmallFile {
  file: FoundFile;
  sha256: string;
  /** Where it was read now. */
  content?: Uint8Array;
}

function readFully(descriptor: number, into: Buffer, position: number): number {
  let filled = 0;
  while (filled < into.byteLength) {
    const count = readSync(descriptor, into, filled, into.byteLength - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function changed(place: string): FalconryError {
  return new FalconryError("dataset.changed", {
    message: `${place} changed while it was read`,
    hint: "Commit the folder again when nothing writes to it; nothing was committed",
  });
}
