import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkoutFolder, makeRegionFolder, regionFolder } from "./region-folder.ts";

const outside = mkdtempSync(join(tmpdir(), "falconry-folders-"));
const project = join(outside, "project");
const deep = join(project, "a", "b");
mkdirSync(deep, { recursive: true });
mkdirSync(join(project, ".falconry"));
afterAll(() => rmSync(outside, { recursive: true }));

test("FALCONRY_DIRECTORY has the first word", () => {
  expect(regionFolder({ FALCONRY_DIRECTORY: "/somewhere/else" }, deep)).toBe("/somewhere/else");
});

test("a relative FALCONRY_DIRECTORY starts at the working folder", () => {
  expect(regionFolder({ FALCONRY_DIRECTORY: "mine" }, deep)).toBe(join(deep, "mine"));
});

test("otherwise the nearest .falconry at or above the working folder is taken", () => {
  expect(regionFolder({}, deep)).toBe(join(project, ".falconry"));
  expect(regionFolder({}, project)).toBe(join(project, ".falconry"));
});

test("where there is none, it is the checkout's own", () => {
  expect(regionFolder({}, outside)).toBe(join(checkoutFolder, ".falconry"));
});

test("a FALCONRY_DIRECTORY that is a file is refused by its name", () => {
  const file = join(outside, "notes.txt");
  writeFileSync(file, "");
  expect(() => regionFolder({ FALCONRY_DIRECTORY: file })).toThrow(expect.objectContaining({ code: "environment.region-folder" }));
});

test("a folder that cannot be made is refused", async () => {
  const below = join(outside, "notes.txt", "region");
  writeFileSync(join(outside, "notes.txt"), "");
  await expect(makeRegionFolder(below)).rejects.toMatchObject({
    code: "environment.region-folder",
    message: expect.stringContaining(below),
  });
});
