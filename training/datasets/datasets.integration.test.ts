import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ContentStore } from "@falconry/environment/content-store.ts";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, describe, expect, test } from "vitest";
import { smallHeader } from "../testing/small-workload.ts";
import { storedWorkload, visits } from "../testing/stored-workload.ts";
import { ingest } from "./ingest.ts";
import { listDatasets } from "./list.ts";
import { isFolder } from "./manifest.ts";
import { showDataset } from "./show.ts";
import { verifyDataset } from "./verify.ts";

const environment = await openEnvironment("local");
const { clean, raw } = environment.descriptor.lake;
afterAll(() => environment[Symbol.dispose]());

async function fileOf(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Visits that no other test has: files are shared by their content. */
function ownVisits(count: number): string[] {
  return [...visits(count - 1), `${count},,,${randomUUID()},,,no`];
}

async function flipByte(Key: string): Promise<void> {
  const { Body } = await environment.s3.send(new GetObjectCommand({ Bucket: clean, Key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  bytes.set([(bytes[20] ?? 0) ^ 1], 20);
  await environment.s3.send(new PutObjectCommand({ Bucket: clean, Key, Body: bytes }));
}

describe("a dataset version", () => {
  test("is the same for the same content, and the second time nothing is uploaded", async () => {
    const workload = await storedWorkload();
    await fileOf(workload.folder, "visits.csv", [smallHeader, ...ownVisits(60)].join("\n"));
    const once = await ingest(environment, workload);
    expect(once).toMatchObject({
      workload: workload.name,
      dataset: { name: workload.name, rows: 60 },
      accepted: 60,
      quarantined: 0,
      quarantine: null,
      uploaded: 3,
    });
    expect(await ingest(environment, workload)).toEqual({ ...once, uploaded: 0 });
    expect((await listDatasets(environment, workload.name)).datasets).toEqual([
      expect.objectContaining({ digest: once.dataset.digest, rows: 60, latest: true }),
    ]);
  });

  test("that was ingested last is the latest, also where it was there before", async () => {
    const workload = await storedWorkload();
    const first = await ingest(environment, workload);
    const from = await fileOf(workload.folder, "fewer.csv", [smallHeader, ...visits(50)].join("\n"));
    const second = await ingest(environment, workload, { from });
    expect((await showDataset(environment, workload.name, "latest")).digest).toBe(second.dataset.digest);
    await ingest(environment, workload);
    expect((await showDataset(environment, workload.name, "latest")).digest).toBe(first.dataset.digest);
  });

  test("is found by the beginning of its digest; an unknown one is refused", async () => {
    const workload = await storedWorkload();
    const { dataset } = await ingest(environment, workload);
    expect(await showDataset(environment, workload.name, dataset.digest.slice(0, 8))).toMatchObject({ digest: dataset.digest, rows: 60 });
    await expect(showDataset(environment, workload.name, "ffff0000ffff")).rejects.toMatchObject({ code: "dataset.unknown" });
    await expect(showDataset(environment, "never-ingested", "latest")).rejects.toMatchObject({ code: "dataset.unknown" });
  });

  test("names its raw file, which is kept as it came", async () => {
    const workload = await storedWorkload();
    const content = gzipSync([smallHeader, ...visits(3)].join("\n"));
    await ingest(environment, workload, { from: await fileOf(workload.folder, "few.csv.gz", content) });
    const shown = await showDataset(environment, workload.name, "latest");
    const source = isFolder(shown) ? [] : shown.source;
    expect(source).toHaveLength(1);
    expect(Buffer.from(await new ContentStore(environment.s3, raw).get(source[0]?.sha256 ?? ""))).toEqual(content);
  });
});

describe("verify", () => {
  test("holds every byte against its hash", async () => {
    const workload = await storedWorkload();
    const { dataset } = await ingest(environment, workload);
    expect(await verifyDataset(environment, workload.name)).toMatchObject({
      digest: dataset.digest,
      verified: true,
      files: [{ path: "records.parquet" }],
    });
  });

  test("finds and names a file with a flipped byte", async () => {
    const workload = await storedWorkload();
    const from = await fileOf(workload.folder, "own.csv", [smallHeader, ...ownVisits(42)].join("\n"));
    const { dataset } = await ingest(environment, workload, { from });
    const { files } = await showDataset(environment, workload.name, dataset.digest);
    await flipByte(`files/${files[0]?.sha256}`);
    await expect(verifyDataset(environment, workload.name)).rejects.toMatchObject({
      code: "dataset.corrupt",
      message: expect.stringMatching(`records.parquet \\(s3://${clean}/files/${files[0]?.sha256}: \\d+ bytes hash to`),
    });
  });

  test("finds a raw file that is gone", async () => {
    const workload = await storedWorkload();
    const from = await fileOf(workload.folder, "own.csv", [smallHeader, ...ownVisits(43)].join("\n"));
    await ingest(environment, workload, { from });
    const { source } = await verifyDataset(environment, workload.name);
    await environment.s3.send(new DeleteObjectCommand({ Bucket: raw, Key: `files/${source[0]?.sha256}` }));
    await expect(verifyDataset(environment, workload.name)).rejects.toMatchObject({
      code: "dataset.corrupt",
      message: expect.stringContaining(`the raw file (s3://${raw}/files/${source[0]?.sha256} does not exist)`),
    });
  });

  test("finds a flipped byte in the manifest", async () => {
    const workload = await storedWorkload();
    const { dataset } = await ingest(environment, workload);
    await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
    await expect(verifyDataset(environment, workload.name)).rejects.toMatchObject({ code: "content.corrupt" });
    await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
  });
});

test("a damaged manifest does not keep the other versions from being listed", async () => {
  const workload = await storedWorkload();
  const { dataset } = await ingest(environment, workload);
  const from = await fileOf(workload.folder, "fewer.csv", [smallHeader, ...visits(50)].join("\n"));
  const second = await ingest(environment, workload, { from });
  await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
  const { datasets } = await listDatasets(environment, workload.name);
  expect(datasets).toHaveLength(2);
  expect(datasets).toContainEqual(expect.objectContaining({ digest: second.dataset.digest, rows: 50 }));
  expect(datasets).toContainEqual(expect.objectContaining({ digest: dataset.digest, damage: expect.stringContaining("hash to") }));
  await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
});

test("a damaged manifest does not keep the next version from being committed", async () => {
  const workload = await storedWorkload();
  const { dataset } = await ingest(environment, workload);
  await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
  const from = await fileOf(workload.folder, "fewer.csv", [smallHeader, ...visits(50)].join("\n"));
  expect((await ingest(environment, workload, { from })).dataset.rows).toBe(50);
  await flipByte(`datasets/${workload.name}/${dataset.digest}.json`);
});

describe("what cannot be used", () => {
  test("stands in the raw bucket with its reasons", async () => {
    const workload = await storedWorkload();
    const from = await fileOf(workload.folder, "mixed.csv", `${smallHeader}\n1,,,,,,no\n2,,cheap,,,,no`);
    const { accepted, quarantined, quarantine } = await ingest(environment, workload, { from });
    expect([accepted, quarantined]).toEqual([1, 1]);
    const digest = quarantine?.split("/").at(-1) ?? "";
    const lines = Buffer.from(await new ContentStore(environment.s3, raw, { prefix: "quarantine" }).get(digest)).toString();
    expect(JSON.parse(lines)).toEqual({ file: "mixed.csv", row: 2, column: "price", value: "cheap", reason: "it is no number" });
  });

  test("alone makes no version, and the refusal says where the reasons stand", async () => {
    const workload = await storedWorkload();
    const from = await fileOf(workload.folder, "bad.csv", `${smallHeader}\nx,,,,,,no`);
    await expect(ingest(environment, workload, { from })).rejects.toMatchObject({
      code: "ingest.nothing-accepted",
      message: 'bad.csv: none of 1 records could be used; row 1, column "id": "x": it is no number',
      hint: expect.stringContaining(`s3://${raw}/quarantine/`),
    });
    expect(await listDatasets(environment, workload.name)).toEqual({ datasets: [] });
  });

  test("as a truncated gzip commits nothing", async () => {
    const workload = await storedWorkload();
    const whole = gzipSync([smallHeader, ...visits(5000)].join("\n"));
    const from = await fileOf(workload.folder, "cut.csv.gz", whole.subarray(0, whole.length / 2));
    await expect(ingest(environment, workload, { from })).rejects.toMatchObject({ code: "ingest.truncated" });
    expect(await listDatasets(environment, workload.name)).toEqual({ datasets: [] });
  });
});
