import { describe, expect, test } from "vitest";
import { folderManifestSchema } from "./manifest.ts";

const digest = "0".repeat(64);

function folder(file: Partial<{ path: string; bytes: number; chunk: number; offset: number }>) {
  const files = [{ path: "a/b.txt", sha256: digest, bytes: 10, chunk: 0, offset: 0, ...file }];
  return folderManifestSchema.safeParse({ name: "photos", kind: "folder", chunks: [{ sha256: digest, bytes: 10 }], files }).success;
}

describe("the manifest of a folder", () => {
  test("names files inside of the folder only", () => {
    expect(folder({})).toBe(true);
    for (const path of ["../b", "/etc/passwd", "a/../../b", "a//b", "", "a/.", "a\0b", "a.falconry-part"])
      expect(folder({ path }), path).toBe(false);
  });

  test("has every file inside of its chunks", () => {
    expect(folder({ bytes: 5, offset: 5 })).toBe(true);
    expect(folder({ offset: 1 })).toBe(false);
    expect(folder({ chunk: 1 })).toBe(false);
    expect(folder({ bytes: 0, chunk: 1 })).toBe(true);
  });
});
