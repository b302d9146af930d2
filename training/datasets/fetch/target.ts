import { createReadStream, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 as sha256Of } from "@falconry/environment/canonical.ts";
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
  readonly #onLarge: (file: WantedFile, place: string) => Promise<void>;
  readonly #folders = new Set<string>();
  readonly #parts = new Map<WantedFile, Promise<PartFile>>();

  /** @param onLarge is called when a large file stands whole under its name */
  constructor(folder: string, onLarge: (file: WantedFile, place: string) => Promise<void>) {
    this.#folder = folder;
    this.#onLarge = onLarge;
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
  async holds({ file, at, bytes }: Stretch<WantedFile>, digest: string): Promise<boolean> {
    return !isSmall(file) && (await (await this.part(file)).holds(at, bytes, digest));
  }

  /** Takes a stretch that {@link holds} has found as written. */
  async write(stretch: Stretch<WantedFile>, content: Uint8Array | "held"): Promise<void> {
    const { file, at, bytes } = stretch;
    if (isSmall(file)) {
      if (content !== "held") await writeWhole(this.#place(file.path), content);
      return;
    }
    const part = await this.part(file);
    if (content !== "held") await part.write(content, at);
    await this.written(file, bytes);
  }

  /** So many bytes more of a {@link part} are as they should be; the file that has all of them gets its name. */
  async written(file: WantedFile, bytes: number): Promise<void> {
    file.missing -= bytes;
    if (file.missing > 0) return;
    const part = await this.part(file);
    this.#parts.delete(file);
    await part.finish();
    await this.#onLarge(file, this.#place(file.path));
  }

  async writeEmpty(file: WantedFile): Promise<void> {
    await writeWhole(this.#place(file.path), new Uint8Array());
  }

  /** What there is of a large file. */
  part(file: WantedFile): Promise<PartFile> {
    const part = this.#parts.get(file) ?? PartFile.open(this.#place(file.path), file.bytes);
    this.#parts.set(file, part);
    return part;
  }

  /** What was got of files that are not whole stays for the next attempt. */
  async close(): Promise<void> {
    for (const part of await Promise.allSettled(this.#parts.values())) if (part.status === "fulfilled") await part.value.close();
  }

  async #standing({ path, bytes, sha256 }: VersionFile): Promise<"nothing" | "same" | "other"> {
    const place = join(this.#folder, path);
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined) return "nothing";
    if (!found.isFile() || found.size !== bytes) return "other";
    const digest = bytes < smallFileBytes ? sha256Of(readFileSync(place)) : (await digestOf(createReadStream(place))).sha256;
    return digest === sha256 ? "same" : "other";
  }

  /** The path of a file, in a folder that is there. */
  #place(path: string): string {
    const place = join(this.#folder, path);
    this.#makeFolder(dirname(place));
    return place;
  }

  /** From the target on, one below the other: none is made or used behind a link, which may lead anywhere. */
  #makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    if (folder !== this.#folder) {
      this.#makeFolder(dirname(folder));
      if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) throw behindLink(folder);
    }
    mkdirSync(folder, { recursive: true });
    this.#folders.add(folder);
  }
}

function behindLink(folder: string): FalconryError {
  return new FalconryError("dataset.target", {
    message: `${folder} is a link, and the version has files below this name: nothing is written through a link`,
    hint: "Move the link away, or choose another folder",
  });
}

/** It stands in one content, with others. */
export function isSmall(file: VersionFile): boolean {
  return file.bytes < smallFileBytes;
}
