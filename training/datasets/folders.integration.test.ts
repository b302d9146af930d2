import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { storedWorkload } from "../testing/stored-workload.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { getDataset } from "./fetch/get.ts";
import { commitFolder } from "./folder/commit-folder.ts";
import { ingest } from "./ingest.ts";
import { partSuffix } from "./manifest.ts";
import { showDataset } from "./show.ts";
import { verifyDataset } from "./verify.ts";

const MiB = 2 ** 20;
/** Two chunks at the least. */
const largeBytes = 13 * MiB;
const environment = await openEnvironment("local");
const { clean } = environment.descriptor.lake;
afterAll(() => environment[Symbol.dispose]());

type Files = Record<string, Uint8Array | string>;

/** Files that no other test has: contents are shared by their hash. */
function ownFiles(): Files {
  return {
    "empty.txt": "",
    "labels/a.txt": `a ${randomUUID()}`,
    "labels/b.txt": `b ${randomUUID()}`,
    "large.bin": randomBytes(largeBytes),
  };
}

async function write(folder: string, files: Files): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

let name: string;
let cacheFolder: string;
let files: Files;
let folder: string;

beforeEach(async () => {
  name = `photos-${randomUUID().slice(0, 8)}`;
  cacheFolder = await temporaryFolder();
  files = ownFiles();
  folder = await write(await temporaryFolder(), files);
});

const commit = () => commitFolder(environment, name, folder, { cacheFolder });

async function expectFiles(place: string, expected: Files): Promise<void> {
  const found = (await readdir(place, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(found.map((entry) => join(entry.parentPath, entry.name)).sort()).toEqual(
    Object.keys(expected)
      .map((path) => join(place, path))
      .sort(),
  );
  for (const [path, content] of Object.entries(expected)) {
    expect((await readFile(join(place, path))).equals(Buffer.from(content)), path).toBe(true);
  }
}

describe("a folder's version", () => {
  test("is the same for the same files, and the second time nothing is sent", async () => {
    const once = await commit();
    expect(once).toMatchObject({ dataset: { name, files: 4 }, uploaded: { objects: expect.any(Number) } });
    expect(await commit()).toEqual({ ...once, uploaded: { objects: 0, bytes: 0 } });
    cacheFolder = await temporaryFolder();
    expect(await commit()).toEqual({ ...once, uploaded: { objects: 0, bytes: 0 } });
    expect(await showDataset(environment, name, "latest")).toMatchObject({ digest: once.dataset.digest, kind: "folder" });
    expect(await verifyDataset(environment, name)).toMatchObject({ verified: true, source: [] });
  });

  test("of a large file with one byte changed sends one chunk", async () => {
    await commit();
    const large = Buffer.from(files["large.bin"] ?? "");
    large.writeUInt8(large.readUInt8(10 * MiB) ^ 1, 10 * MiB);
    await writeFile(join(folder, "large.bin"), large);
    const { uploaded } = await commit();
    expect(uploaded.objects).toBe(2); // with the manifest
    expect(uploaded.bytes).toBeLessThanOrEqual(8 * MiB);
  });

  test("whose chunk was lost is whole again when the folder is committed again", async () => {
    await commit();
    const shown = await showDataset(environment, name, "latest");
    const lost = "chunks" in shown ? shown.chunks.at(-1)?.sha256 : "";
    await environment.s3.send(new DeleteObjectCommand({ Bucket: clean, Key: `files/${lost}` }));
    await expect(verifyDataset(environment, name)).rejects.toMatchObject({
      code: "dataset.corrupt",
      message: expect.stringContaining("large.bin (s3://"),
    });
    expect((await commit()).uploaded.objects).toBe(1);
    expect(await verifyDataset(environment, name)).toMatchObject({ verified: true });
  });

  test("is no version of a dataset that is a table", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    await expect(commitFolder(environment, workload.name, folder, { cacheFolder })).rejects.toMatchObject({ code: "dataset.kind" });
    await commit();
    await expect(ingest(environment, { ...workload, name })).rejects.toMatchObject({ code: "dataset.kind" });
  });

  test("has a name like a workload's", async () => {
    await expect(commitFolder(environment, "../latest", folder, { cacheFolder })).rejects.toMatchObject({ code: "dataset.name" });
  });
});

describe("get", () => {
  test("brings every file back as it was", async () => {
    const { dataset } = await commit();
    const to = await temporaryFolder();
    const got = await getDataset(environment, name, to, { cacheFolder });
    expect(got).toMatchObject({ dataset: { name, digest: dataset.digest }, files: 4, bytes: dataset.bytes, kept: 0, fromCache: 0 });
    expect(got.downloaded).toBe(dataset.bytes);
    await expectFiles(to, files);
  });

  test("the second time takes nothing from the environment", async () => {
    const { dataset } = await commit();
    await getDataset(environment, name, await temporaryFolder(), { cacheFolder });
    const to = await temporaryFolder();
    expect(await getDataset(environment, name, to, { cacheFolder })).toMatchObject({ downloaded: 0, fromCache: dataset.bytes });
    await expectFiles(to, files);
    expect(await getDataset(environment, name, to, { cacheFolder })).toMatchObject({ kept: 4, downloaded: 0, fromCache: 0 });
  });

  test("takes a large file from the cache when the folder it was got into is gone, and not when somebody wrote into it", async () => {
    const { dataset } = await commit();
    const first = await temporaryFolder();
    await getDataset(environment, name, first, { cacheFolder });
    await rm(first, { recursive: true });
    const second = await temporaryFolder();
    expect(await getDataset(environment, name, second, { cacheFolder })).toMatchObject({ downloaded: 0, fromCache: dataset.bytes });
    await writeFile(join(second, "large.bin"), randomBytes(largeBytes));
    const third = await temporaryFolder();
    expect(await getDataset(environment, name, third, { cacheFolder })).toMatchObject({ downloaded: largeBytes });
    await expectFiles(third, files);
  });

  test("goes on with what a broken-off one left, and takes none of its bytes on trust", async () => {
    await commit();
    const to = await temporaryFolder();
    await getDataset(environment, name, to, { cacheFolder });
    const part = join(to, `large.bin${partSuffix}`);
    await writeFile(part, files["large.bin"] ?? "");
    await truncate(part, largeBytes - 1);
    await rm(join(to, "large.bin"));
    const got = await getDataset(environment, name, to, { cacheFolder: await temporaryFolder() });
    expect(got).toMatchObject({ kept: 3 });
    expect(got.downloaded).toBeLessThanOrEqual(8 * MiB);
    await expectFiles(to, files);

    await rm(join(to, "large.bin"));
    await writeFile(part, randomBytes(largeBytes));
    await getDataset(environment, name, to, { cacheFolder });
    await expectFiles(to, files);
  });

  test("does not trust its cache either", async () => {
    await commit();
    await getDataset(environment, name, await temporaryFolder(), { cacheFolder });
    const kept = await readdir(join(cacheFolder, "content"), { recursive: true });
    for (const path of kept) {
      const place = join(cacheFolder, "content", path);
      if ((await stat(place)).isFile()) await truncate(place, 5);
    }
    const to = await temporaryFolder();
    expect(await getDataset(environment, name, to, { cacheFolder })).toMatchObject({ fromCache: 0 });
    await expectFiles(to, files);
  });

  test("replaces nothing that is not the version's, unless it is told to; what else is there stays", async () => {
    await commit();
    const to = await write(await temporaryFolder(), { "labels/a.txt": "mine", "notes.txt": "mine too" });
    await expect(getDataset(environment, name, to, { cacheFolder })).rejects.toMatchObject({
      code: "dataset.target",
      message: `${to} holds 1 file(s) of other content under the version's names: labels/a.txt`,
    });
    expect(await readFile(join(to, "labels/a.txt"), "utf8")).toBe("mine");
    await getDataset(environment, name, to, { cacheFolder, overwrite: true });
    await expectFiles(to, { ...files, "notes.txt": "mine too" });
  });

  test("of a content that is gone says which, and gives no file its name that is not whole", async () => {
    await commit();
    const shown = await showDataset(environment, name, "latest");
    const lost = "chunks" in shown ? shown.chunks.at(-1)?.sha256 : "";
    await environment.s3.send(new DeleteObjectCommand({ Bucket: clean, Key: `files/${lost}` }));
    const to = await temporaryFolder();
    await expect(getDataset(environment, name, to, { cacheFolder })).rejects.toMatchObject({
      code: "content.missing",
      message: expect.stringContaining(lost ?? ""),
    });
    expect(await readdir(to)).not.toContain("large.bin");
  });

  test("into two folders at once shares the cache", async () => {
    await commit();
    const folders = [await temporaryFolder(), await temporaryFolder()];
    await Promise.all(folders.map((to) => getDataset(environment, name, to, { cacheFolder })));
    for (const to of folders) await expectFiles(to, files);
  });

  test("of two versions into one folder at once leaves the files of one of them", async () => {
    const one = await commit();
    const others = { ...files, "large.bin": randomBytes(largeBytes) };
    await write(folder, others);
    const other = await commit();
    const to = await temporaryFolder();
    const waited: string[] = [];
    const get = ({ dataset }: typeof one) =>
      getDataset(environment, name, to, {
        version: dataset.digest,
        cacheFolder,
        overwrite: true,
        progress: (line) => line.includes("waiting") && waited.push(line),
      });
    await Promise.all([get(one), get(other)]);
    expect(waited).toHaveLength(1);
    const isFirst = files["large.bin"] && (await readFile(join(to, "large.bin"))).equals(Buffer.from(files["large.bin"]));
    await expectFiles(to, isFirst ? files : others);
  });

  test("writes nothing through a link", async () => {
    await commit();
    const [to, another, elsewhere] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
    await symlink(elsewhere, join(to, "labels"));
    await expect(getDataset(environment, name, to, { cacheFolder })).rejects.toMatchObject({ code: "dataset.target" });
    await symlink(join(elsewhere, "mine"), join(another, `large.bin${partSuffix}`));
    await expect(getDataset(environment, name, another, { cacheFolder })).rejects.toMatchObject({ code: "dataset.target" });
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test("into what is no folder is refused", async () => {
    await commit();
    const to = join(await write(await temporaryFolder(), { taken: "" }), "taken");
    await expect(getDataset(environment, name, to, { cacheFolder })).rejects.toMatchObject({ code: "dataset.target" });
  });
});
