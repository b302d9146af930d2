import type { StoredFile } from "@falconry/environment/content-store.ts";
import { isFolder, type VersionManifest } from "../manifest.ts";

/** Part of a file that stands in one stored content. */
export interface Stretch<File> {
  file: File;
  /** Where it begins in the file. */
  at: number;
  /** Where it begins in the content. */
  from: number;
  bytes: number;
}

/** A file of a version, wherever its content is stored. */
export interface VersionFile extends StoredFile {
  path: string;
  /** Number of the content that it begins in. */
  chunk: number;
  offset: number;
}

/** What a version's files are made of. A table's file is one content of its own. */
export function contentsOf(manifest: VersionManifest): { contents: StoredFile[]; files: VersionFile[] } {
  if (isFolder(manifest)) return { contents: manifest.chunks, files: manifest.files };
  return { contents: manifest.files, files: manifest.files.map((file, chunk) => ({ ...file, chunk, offset: 0 })) };
}

/** The stretches of some files by the hash of the content they stand in, in the contents' order. */
export function stretchesByContent<File extends VersionFile>(contents: StoredFile[], files: File[]): Map<string, Stretch<File>[]> {
  const byContent = new Map<string, Stretch<File>[]>();
  for (const file of files.toSorted((one, other) => one.chunk - other.chunk || one.offset - other.offset)) {
    let from = file.offset;
    let at = 0;
    for (let index = file.chunk; at < file.bytes; index += 1) {
      const content = contents[index];
      if (content === undefined) throw new RangeError(`${file.path} ends behind the last content`);
      const bytes = Math.min(Math.max(0, content.bytes - from), file.bytes - at);
      const stretches = byContent.get(content.sha256) ?? [];
      stretches.push({ file, at, from, bytes });
      byContent.set(content.sha256, stretches);
      at += bytes;
      from = 0;
    }
  }
  return byContent;
}
