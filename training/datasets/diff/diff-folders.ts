import type { FolderManifest } from "../manifest.ts";

const examplesShown = 20;

export interface FolderDiff {
  kind: "folder";
  files: { from: number; to: number; added: number; removed: number; changed: number; moved: number; same: number };
  /** Of the later version: what somebody who has the earlier one must get. */
  newBytes: number;
  /** Some of the paths, in their order. */
  examples: { added: string[]; removed: string[]; changed: string[]; moved: { from: string; to: string }[] };
}

/** By path. A content that left one path and came to another was moved. */
export function diffFolders(from: FolderManifest, to: FolderManifest): FolderDiff {
  const before = new Map(from.files.map((file) => [file.path, file]));
  const after = new Map(to.files.map((file) => [file.path, file]));
  const gone = Map.groupBy(
    from.files.filter(({ path, bytes }) => bytes > 0 && !after.has(path)),
    ({ sha256 }) => sha256,
  );
  const added: string[] = [];
  const moved: { from: string; to: string }[] = [];
  const changed = to.files.filter(({ path, sha256 }) => before.has(path) && before.get(path)?.sha256 !== sha256).map(({ path }) => path);
  for (const { path, sha256 } of to.files) {
    if (before.has(path)) continue;
    const source = gone.get(sha256)?.shift();
    if (source === undefined) added.push(path);
    else moved.push({ from: source.path, to: path });
  }
  const movedFrom = new Set(moved.map((move) => move.from));
  const removed = from.files.map(({ path }) => path).filter((path) => !after.has(path) && !movedFrom.has(path));
  const known = new Set(from.chunks.map(({ sha256 }) => sha256));
  const fresh = new Map(to.chunks.filter(({ sha256 }) => !known.has(sha256)).map(({ sha256, bytes }) => [sha256, bytes]));
  return {
    kind: "folder",
    files: {
      from: from.files.length,
      to: to.files.length,
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      moved: moved.length,
      same: to.files.length - added.length - changed.length - moved.length,
    },
    newBytes: [...fresh.values()].reduce((sum, bytes) => sum + bytes, 0),
    examples: {
      added: added.slice(0, examplesShown),
      removed: removed.slice(0, examplesShown),
      changed: changed.slice(0, examplesShown),
      moved: moved.slice(0, examplesShown),
    },
  };
}
