import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { endpointOf } from "@falconry/environment/descriptor.ts";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settle } from "./promoted.fixture.ts";
import { runFalconry } from "./run-falconry.ts";

const folder = mkdtempSync(join(tmpdir(), "falconry-mishaps-"));
const launches = await readFile(join(checkoutFolder, "workloads", "falcon", "launches.csv"), "utf8");
let environment: Environment;

async function falconry(args: string[], how: Parameters<typeof runFalconry>[1] = {}) {
  const { exitCode, stdout, stderr } = await runFalconry([...args, "--json"], how);
  return { exitCode, stderr, document: JSON.parse(stdout) };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

beforeAll(async () => {
  await settle("falcon");
  await falconry(["ingest", "falcon"]);
  environment = await openEnvironment("local");
});
afterAll(() => {
  environment[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

describe("a file that cannot be used is refused, and nothing of it is committed", () => {
  test.each([
    ["an empty file", () => file("empty.csv", ""), "ingest.empty", 3, "empty.csv"],
    ["a truncated gzip", () => file("cut.csv.gz", gzipSync(launches).subarray(0, -200)), "ingest.truncated", 3, "cut.csv.gz"],
    ["a JSON that is no launch", () => file("cat.json", '[{"name":"Tom"}]'), "ingest.nothing-accepted", 3, "cat.json"],
    ["a JSON that is none", () => file("broken.json", "[{"), "ingest.json", 3, "broken.json"],
    ["a file that is not there", () => join(folder, "nowhere.csv"), "ingest.missing-file", 2, "nowhere.csv"],
  ])("%s", async (_, path, code, exit, named) => {
    const before = await falconry(["datasets", "list", "falcon"]);
    const { exitCode, document } = await falconry(["ingest", "falcon", "--from", path()]);
    expect(exitCode).toBe(exit);
    expect(document.error).toMatchObject({ code, message: expect.stringContaining(named), hint: expect.stringMatching(/\w/) });
    expect((await falconry(["datasets", "list", "falcon"])).document).toEqual(before.document);
  });
});

test("a row with a wrong type is quarantined with its place and reason; the others are accepted", async () => {
  const path = file("heavy.csv", launches.replace(",525,", ",heavy,"));
  const { exitCode, document } = await falconry(["ingest", "falcon", "--from", path]);
  await falconry(["ingest", "falcon"]); // the good version is the latest again
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ accepted: 89, quarantined: 1 });
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(document.quarantine) ?? [];
  const { Body } = await environment.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({ row: 2, column: "payload_mass_kg", value: "heavy" });
});

test.each([
  ["a model version", ["promote", "falcon", "--version", "9999"], "registry.version-unknown", "9999"],
  ["a dataset version", ["datasets", "show", "falcon", "ffffffffffff"], "dataset.unknown", "ffffffffffff"],
  ["a promotion", ["reject", "falcon-99999", "--reason", "why not"], "registry.promotion-unknown", "falcon-99999"],
])("%s that does not exist is named, and refused", async (_, args, code, named) => {
  const { exitCode, document } = await falconry(args);
  expect(exitCode).toBe(3);
  expect(document.error).toMatchObject({ code, message: expect.stringContaining(named) });
});

test("a second promotion is refused while one runs, and names it", async () => {
  const { document: trained } = await falconry(["train", "falcon", "--candidate", "logistic-regression"]);
  const version = String(trained.model.version);
  const { document: first } = await falconry(["promote", "falcon", "--version", version]);
  const second = await falconry(["promote", "falcon", "--version", version]);
  await falconry(["reject", first.promotion, "--reason", "it was only a test"]);
  expect(second.exitCode).toBe(3);
  expect(second.document.error).toMatchObject({ code: "registry.promotion-in-flight", message: expect.stringContaining(first.promotion) });
});

test("a flipped byte in a stored dataset file is found by datasets verify, which names the file", async () => {
  const { document } = await falconry(["datasets", "show", "falcon"]);
  const place = { Bucket: environment.descriptor.lake.clean, Key: `files/${document.files[0].sha256}` };
  const { Body } = await environment.s3.send(new GetObjectCommand(place));
  const good = (await Body?.transformToByteArray()) ?? new Uint8Array();
  await environment.s3.send(new PutObjectCommand({ ...place, Body: good.with(100, (good[100] ?? 0) ^ 1) }));
  const damaged = await falconry(["datasets", "verify", "falcon"]);
  await environment.s3.send(new PutObjectCommand({ ...place, Body: good }));
  expect(damaged.exitCode).toBe(3);
  expect(damaged.document.error).toMatchObject({ code: "dataset.corrupt", message: expect.stringContaining(document.files[0].path) });
  expect((await falconry(["datasets", "verify", "falcon"])).exitCode).toBe(0);
});

test("a flipped byte in the ledger is found by audit verify, which names the event", async () => {
  const { name } = endpointOf(environment.descriptor, "falcon");
  const at = { TableName: environment.descriptor.tables.ledger, Key: { endpoint: { S: name }, sequence: { N: "1" } } };
  const good = (await environment.dynamodb.send(new GetItemCommand(at))).Item?.event?.S ?? "";
  const write = (event: string) =>
    environment.dynamodb.send(
      new UpdateItemCommand({
        ...at,
        UpdateExpression: "SET #event = :event",
        ExpressionAttributeNames: { "#event": "event" },
        ExpressionAttributeValues: { ":event": { S: event } },
      }),
    );
  await write(good.replace('"requested"', '"requestee"'));
  const damaged = await falconry(["audit", "verify", "falcon"]);
  await write(good);
  expect(damaged.exitCode).toBe(3);
  expect(damaged.document.error).toMatchObject({ code: "registry.audit-failed", message: expect.stringContaining("event 1") });
  expect((await falconry(["audit", "verify", "falcon"])).exitCode).toBe(0);
});

test("MLflow killed in mid-training: the training waits, and goes on when falconry local up has brought it back", async () => {
  const { document: region } = await falconry(["local", "status"]);
  const { pid } = region.services.find((service: { name: string }) => service.name === "mlflow");
  let mended: Promise<unknown> | undefined;
  const training = await falconry(["train", "falcon"], {
    onStderr(text) {
      if (mended !== undefined || !text.includes("cross-validating")) return;
      process.kill(-pid, "SIGKILL"); // its whole group
      mended = falconry(["local", "up"]);
    },
  });
  expect(await mended).toMatchObject({ exitCode: 0 });
  expect(training).toMatchObject({ exitCode: 0, document: { workload: "falcon" } });
  expect(training.stderr).toContain("cannot be reached");
});

test("no Python on the machine: local up says so and changes nothing", async () => {
  const { exitCode, document } = await falconry(["local", "up"], { variables: { FALCONRY_PYTHON: join(folder, "python3") } });
  expect(exitCode).toBe(4);
  expect(document.error).toMatchObject({ code: "local.python-missing", hint: expect.stringContaining("scripts/setup") });
});
