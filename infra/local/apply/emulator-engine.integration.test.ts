import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CountingProxy, startCountingProxy } from "../counting-proxy.fixture.ts";
import { type Emulator, startEmulator } from "../emulator.fixture.ts";
import { type EmulatorClients, emulatorClients } from "../provider/clients.ts";
import { type Declared, EmulatorEngine, type EngineReport } from "./emulator-engine.ts";
import { ResourceFile } from "./resource-file.ts";

let emulator: Emulator;
let proxy: CountingProxy;
let clients: EmulatorClients;

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startCountingProxy(emulator.awsEndpointUrl);
  clients = emulatorClients({ ...emulator, awsEndpointUrl: proxy.url });
});
afterAll(async () => {
  proxy.close();
  await emulator.close();
});

test("what is unchanged is only looked at", async () => {
  const program = [parameter("/unchanged", { value: "1" }), bucket("unchanged")];
  expect(await run(program)).toMatchObject({ created: program.map(({ urn }) => urn).sort(), unchanged: 0 });
  proxy.takeMutations();

  expect(await run(program)).toMatchObject({ created: [], updated: [], unchanged: 2 });
  expect(proxy.takeMutations()).toEqual([]);
});

test("a changed input is changed in place", async () => {
  await run([parameter("/changed", { value: "1" })]);
  expect(await run([parameter("/changed", { value: "2" })])).toMatchObject({ updated: [urn("/changed")], created: [] });
  expect(await parameterValue("/changed")).toBe("2");
});

test("the recorded inputs are compared, never the live state: what a person changed since is left alone", async () => {
  const program = [parameter("/touched", { value: "ours" })];
  await run(program);
  await clients.ssm.send(new PutParameterCommand({ Name: "/touched", Value: "theirs", Overwrite: true }));
  proxy.takeMutations();

  await run(program);
  expect(proxy.takeMutations()).toEqual([]);
  expect(await parameterValue("/touched")).toBe("theirs");
});

test("an ignored input is neither compared nor written along with another change", async () => {
  const ignoring = (inputs: object) => ({ ...parameter("/ignoring", inputs), ignoreChanges: ["value"] });
  await run([ignoring({ value: "1", description: "a" })]);
  proxy.takeMutations();

  expect(await run([ignoring({ value: "2", description: "a" })])).toMatchObject({ unchanged: 1, updated: [] });
  expect(proxy.takeMutations()).toEqual([]);

  await run([ignoring({ value: "2", description: "b" })]);
  expect(await parameterValue("/ignoring")).toBe("1");
});

test("what is missing in the emulator is created again", async () => {
  const program = [parameter("/missing", { value: "1" }), parameter("/there", { value: "1" })];
  await run(program);
  await clients.ssm.send(new DeleteParameterCommand({ Name: "/missing" }));

  expect(await run(program)).toMatchObject({ created: [urn("/missing")], unchanged: 1 });
  expect(await parameterValue("/missing")).toBe("1");
});

test("what the program no longer declares is listed and left where it is", async () => {
  await run([parameter("/dropped", { value: "1" })]);
  const { orphans } = await run([]);
  expect(orphans).toContain(urn("/dropped"));
  expect(await parameterValue("/dropped")).toBe("1");
});

test("a resource that is declared twice is refused", async () => {
  const twice = [parameter("/twice", { value: "1" }), parameter("/twice", { value: "2" })];
  await expect(run(twice)).rejects.toMatchObject({ code: "local.duplicate-resource" });
});

test("two resources that would be one bucket are refused", async () => {
  const first = bucket("one");
  const second = { ...bucket("other"), inputs: first.inputs };
  await expect(run([first, second])).rejects.toMatchObject({
    code: "local.duplicate-resource",
    message: expect.stringContaining(first.urn),
  });
});

test("a change that only a new resource could take is refused with the inputs' names, and nothing is done", async () => {
  await run([bucket("fixed")]);
  proxy.takeMutations();
  await expect(run([bucket("fixed", { bucket: "renamed" })])).rejects.toMatchObject({
    code: "local.replacement-refused",
    message: expect.stringMatching(/"fixed": bucket changed/),
  });
  expect(proxy.takeMutations()).toEqual([]);
});

test("a type, or an input of one, that has no emulation is refused by name", async () => {
  const queue = { ...parameter("/queue", {}), type: "aws:sqs/queue:Queue" };
  await expect(run([queue])).rejects.toMatchObject({ code: "local.not-emulated", message: expect.stringContaining("aws:sqs/queue:Queue") });
  const matched = parameter("/matched", { value: "1", allowedPattern: "[0-9]" });
  await expect(run([matched])).rejects.toMatchObject({ code: "local.not-emulated", message: expect.stringContaining("allowedPattern") });
});

test("a create that AWS refuses is explained, what stood before it is recorded, and the next run goes on from there", async () => {
  const orphanPolicy = { ...bucket("policy", { bucket: "made-later", policy: "{}" }), type: "aws:s3/bucketPolicy:BucketPolicy" };
  await expect(run([parameter("/before", { value: "1" }), orphanPolicy])).rejects.toMatchObject({
    code: "local.apply-failed",
    message: expect.stringMatching(/BucketPolicy "policy" could not be created: NoSuchBucket/),
  });
  const mended = [parameter("/before", { value: "1" }), bucket("made", { bucket: "made-later" }), orphanPolicy];
  expect(await run(mended)).toMatchObject({
    created: mended
      .slice(1)
      .map(({ urn }) => urn)
      .sort(),
    unchanged: 1,
  });
});

test("what a killed run created but could not record is taken over, not made twice", async () => {
  const program = [bucket("unrecorded"), parameter("/unrecorded", { value: "1" })];
  const first = await standings(program);
  const forgotten = await ResourceFile.open(join(emulator.directory, "tmp"));
  const again = new EmulatorEngine(clients, forgotten);
  for (const [index, resource] of program.entries()) expect((await again.apply(resource)).id).toBe(first[index]?.id);
});

test("a secret is written down as a hash only, and its change is noticed", async () => {
  const secret = (value: string) => parameter("/secret", { type: "SecureString", value: wrapped(value) });
  await run([secret("correct horse")]);
  expect(await readFile(join(emulator.directory, "resources.json"), "utf8")).not.toContain("correct horse");

  expect(await run([secret("correct horse")])).toMatchObject({ unchanged: 1, updated: [] });
  expect(await run([secret("battery staple")])).toMatchObject({ updated: [urn("/secret")] });
});

test("outputs made from a secret stay secret, also when nothing changed", async () => {
  const program = [parameter("/sealed", { type: "SecureString", value: wrapped("correct horse") })];
  for (const { outputs } of [...(await standings(program)), ...(await standings(program))]) {
    expect(await pulumi.isSecret(pulumi.output(outputs.value))).toBe(true);
  }
});

/** What Pulumi's wire format calls a secret. */
function wrapped(value: string) {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

function urn(name: string): string {
  return `urn:pulumi:local::falconry::aws:ssm/parameter:Parameter::${name}`;
}

function parameter(name: string, inputs: object): Declared {
  return { urn: urn(name), type: "aws:ssm/parameter:Parameter", name, inputs: { name, type: "String", ...inputs }, ignoreChanges: [] };
}

function bucket(name: string, inputs: object = { bucket: `bucket-${name}` }): Declared {
  return { urn: `urn:bucket::${name}`, type: "aws:s3/bucket:Bucket", name, inputs: { ...inputs }, ignoreChanges: [] };
}

/** One run of a program that declares these, one after the other. */
async function run(program: Declared[]): Promise<EngineReport> {
  const engine = new EmulatorEngine(clients, await ResourceFile.open(emulator.directory));
  for (const resource of program) await engine.apply(resource);
  return engine.report();
}

async function standings(program: Declared[]) {
  const engine = new EmulatorEngine(clients, await ResourceFile.open(emulator.directory));
  const standing = [];
  for (const resource of program) standing.push(await engine.apply(resource));
  return standing;
}

async function parameterValue(Name: string): Promise<string | undefined> {
  return (await clients.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
}
