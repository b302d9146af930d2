import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { listFiles } from "./list-files.ts";

test("files are found in the order of their paths, whatever they are called", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "b", ".hidden"), { recursive: true });
  for (const path of ["b/.hidden/ß 1.txt", "b.txt", "a", "__proto__"]) await writeFile(join(folder, path), path);
  expect(listFiles(folder).map(({ path, bytes }) => [path, bytes])).toEqual([
    ["__proto__", 9],
    ["a", 1],
    ["b.txt", 5],
    ["b/.hidden/ß 1.txt", 18],
  ]);
});

test.each([
  ["a folder that is not there", async () => "/nowhere", "/nowhere is no folder"],
  ["an empty folder", async () => await temporaryFolder(), "holds no file"],
  [
    "a link",
    async () => {
      const folder = await temporaryFolder();
      await symlink("/etc", join(folder, "link"));
      return folder;
    },
    "link is neither a file nor a folder",
  ],
  [
    "a name that is no UTF-8",
    async () => {
      const folder = await temporaryFolder();
      await writeFile(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff)]), "");
      return folder;
    },
    "cannot be read: ENOENT",
  ],
  [
    "what a broken-off get left",
    async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "a.bin.falconry-part"), "");
      return folder;
    },
    "a.bin.falconry-part is what a broken-off",
  ],
])("%s is refused by its name", async (_, make, message) => {
  const folder = await make();
  expect(() => listFiles(folder)).toThrow(expect.objectContaining({ code: "dataset.folder", message: expect.stringContaining(message) }));
});
