import { createReadStream, lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOf } from "@falconry/environment/content-store.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { smallFileBytes } from "../folder/pack.ts";
import { PartFile, writeWhole } from "./part-file.ts";
import type { Stretch, VersionFile } from "./stretches.ts";

const namedInMessage = 3;

/** A file that is on its way into the target. */
export interface WantedFile extends VersionFile {
  /** Bytes that are not there yet. */
  missing: number;
}

/** The folder that a version is got into. */
export class Target {
  readonly #folder: string;
  readonly #folders = new Set<string>();
  readonly #parts = new Map<WantedFile, PartFile>();
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The files that are not there yet with their content.
   *
   * @throws FalconryError `dataset.target` – others have their names, and `overwrite` is not given
   */
  async wanted(files: VersionFile[], overwrite: boolean): Promise<WantedFile[]> {
    const wanted: WantedFile[] = [];
    const inTheWay: string[] = [];
    for (const file of files) {
      const standing = await this.#standing(file);
      if (standing === "other") inTheWay.push(file.path);
      if (standing !== "same") wanted.push({ ...file, missing: file.bytes });
    }
    if (inTheWay.length === 0 || overwrite) return wanted;
    const named = inTheWay.slice(0, namedInMessage).join(", ") + (inTheWay.length > namedInMessage ? ", …" : "");
    throw new FalconryError("dataset.target", {
      message: `${this.#folder} holds ${inTheWay.length} file(s) of other content under the version's names: ${named}`,
      hint: "Give --overwrite to replace them, or another folder",
    });
  }

  /** Whether these bytes stand there already, from an attempt that was broken off. */
  holds({ file, at, bytes }: Stretch<WantedFile>, digest: string): boolean {
    return !isSmall(file) && this.#part(file).holds(at, bytes, digest);
  }

  /** Takes a stretch that {@link holds} has found as written. */
  write({ file, at, bytes }: Stretch<WantedFile>, content: Uint8Array | "held"): void {
    file.missing -= bytes;
    if (isSmall(file)) {
      if (content !== "held") writeWhole(this.#place(file.path), content);
      return;
    }
    const part = this.#part(file);
    if (content !== "held") part.write(content, at);
    if (file.missing > 0) return;
    part.finish();
    this.#parts.delete(file);
  }

  writeEmpty(file: WantedFile): void {
    writeWhole(this.#place(file.path), new Uint8Array());
  }

  /** The path of a file, in a folder that is there. */
  place(file: WantedFile): string {
    return this.#place(file.path);
  }

  /** Nothing is written afterwards, whatever was still under way: a closed descriptor's number may be another file's by then. */
  close(): void {
    this.#closed = true;
    for (const part of this.#parts.values()) part.close();
  }

  async #standing({ path, bytes, sha256 }: VersionFile): Promise<"nothing" | "same" | "other"> {
    const place = join(this.#folder, path);
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined) return "nothing";
    if (!found.isFile() || found.size !== bytes) return "other";
    return (await digestOf(createReadStream(place))).sha256 === sha256 ? "same" : "other";
  }

  #part(file: WantedFile): PartFile {
    if (this.#closed) throw new Error("the target is closed");
    const part = this.#parts.get(file) ?? new PartFile(this.#place(file.path), file.bytes);
    this.#parts.set(file, part);
    return part;
  }

  #place(path: string): string {
    const place = join(this.#folder, path);
    const folder = dirname(place);
    if (!this.#folders.has(folder)) mkdirSync(folder, { recursive: true });
    this.#folders.add(folder);
    return place;
  }
}

/** It stands in one content. */
function isSmall(file: VersionFile): boolean {
  return file.bytes < smallFileBytes;
}
