import { type BigIntStats, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { partSuffix } from "../manifest.ts";

export interface FoundFile {
  /** Below the folder, `/` between its parts. */
  path: string;
  bytes: number;
  /** Another one whenever the content may be another: the change time cannot be set by hand. */
  stamp: string;
  /** Milliseconds since the epoch. */
  changed: number;
}

/**
 * Every file below a folder in the order of the paths. Folders without files are not seen, nor are permissions.
 *
 * @throws FalconryError `dataset.folder`
 */
export function listFiles(folder: string): FoundFile[] {
  const found: FoundFile[] = [];
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw unusable(folder, "is no folder", "Give the path of a folder");
  collect(folder, "", found);
  if (found.length === 0) throw unusable(folder, "holds no file", "Give the path of a folder with files");
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Whether a file is as it was when it was found. */
export function isUnchanged(folder: string, { path, stamp }: FoundFile): boolean {
  const stats = lstatSync(join(folder, path), { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && stampOf(stats) === stamp;
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino].join(" ");
}

function collect(folder: string, below: string, found: FoundFile[]): void {
  for (const entry of readable(join(folder, below), () => readdirSync(join(folder, below), { withFileTypes: true }))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const place = join(folder, path);
    if (entry.isDirectory()) collect(folder, path, found);
    else if (!entry.isFile())
      throw unusable(place, "is neither a file nor a folder", "Put a copy of what it leads to in its place, or move it away");
    else if (entry.name.endsWith(partSuffix))
      throw unusable(place, "is what a broken-off `datasets get` left", "Run that get again, or delete the file");
    else {
      const stats = readable(place, () => lstatSync(place, { bigint: true }));
      found.push({ path, bytes: Number(stats.size), stamp: stampOf(stats), changed: Number(stats.ctimeMs) });
    }
  }
}

/** @throws FalconryError `dataset.folder` – gone since it was found, not ours to read, or called what is no UTF-8 */
export function readable<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    const hint = "Make it readable under a name in UTF-8, and commit when nothing writes to the folder";
    throw unusable(place, `cannot be read: ${error.message}`, hint, error);
  }
}

function unusable(place: string, why: string, hint: string, cause?: unknown): FalconryError {
  return new FalconryError("dataset.folder", { message: `${place} ${why}`, hint, cause });
}
