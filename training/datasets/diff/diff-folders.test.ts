import { sha256 } from "@falconry/environment/canonical.ts";
import { expect, test } from "vitest";
import type { FolderManifest } from "../manifest.ts";
import { diffFolders } from "./diff-folders.ts";

/** Every file in a chunk of its own. */
function folder(contents: Record<string, string>): FolderManifest {
  const files = Object.entries(contents).map(([path, text], chunk) => ({
    path,
    sha256: sha256(text),
    bytes: text.length,
    chunk,
    offset: 0,
  }));
  return { name: "photos", kind: "folder", chunks: files.map(({ sha256: digest, bytes }) => ({ sha256: digest, bytes })), files };
}

test("files are compared by path and content; what only changed its path was moved", () => {
  const from = folder({ "a.txt": "a", "b.txt": "b", "c.txt": "c", "d.txt": "dd" });
  const to = folder({ "a.txt": "a", "b.txt": "other", "e.txt": "new!", "f/c.txt": "c" });
  expect(diffFolders(from, to)).toEqual({
    kind: "folder",
    files: { from: 4, to: 4, added: 1, removed: 1, changed: 1, moved: 1, same: 1 },
    newBytes: "other".length + "new!".length,
    examples: { added: ["e.txt"], removed: ["d.txt"], changed: ["b.txt"], moved: [{ from: "c.txt", to: "f/c.txt" }] },
  });
});

test("of files with the same content each is moved", () => {
  const { files, examples } = diffFolders(folder({ a: "same", b: "same", c: "same" }), folder({ "x/a": "same", "x/b": "same" }));
  expect(files).toMatchObject({ added: 0, removed: 1, moved: 2 });
  expect(examples).toMatchObject({
    moved: [
      { from: "a", to: "x/a" },
      { from: "b", to: "x/b" },
    ],
    removed: ["c"],
  });
});

test("a folder and itself are the same", () => {
  const same = folder({ "a.txt": "a", "b.txt": "" });
  expect(diffFolders(same, same)).toMatchObject({ files: { added: 0, removed: 0, changed: 0, moved: 0, same: 2 }, newBytes: 0 });
});
