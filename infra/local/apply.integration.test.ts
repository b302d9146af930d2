import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateEndpointConfigCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { descriptorSchema } from "@falconry/environment/descriptor.ts";
import { silent } from "@falconry/environment/progress.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyProgram } from "./apply.ts";
import { type CountingProxy, startCountingProxy } from "./counting-proxy.fixture.ts";
import { type Emulator, startEmulator } from "./emulator.fixture.ts";
import { emulatorClients } from "./provider/clients.ts";
import { localStackSettings } from "./stack-settings.ts";

let emulator: Emulator;
let aws: CountingProxy;
let sagemaker: CountingProxy;

beforeAll(async () => {
  emulator = await startEmulator();
  aws = await startCountingProxy(emulator.awsEndpointUrl);
  sagemaker = await startCountingProxy(emulator.sagemakerEndpointUrl);
});
afterAll(async () => {
  aws.close();
  sagemaker.close();
  await emulator.close();
});

test("the program stands the whole environment up, and its descriptor says what it offers", async () => {
  const { created, orphans } = await apply();
  expect(created.length).toBeGreaterThan(40);
  expect(orphans).toEqual([]);
  const { lake, endpoints } = await descriptor();
  expect(lake.artifacts).toBe("falconry-local-artifacts");
  expect(endpoints.falcon).toMatchObject({ name: "local-falcon", variant: "live", instanceCount: 2 });
});

test("again, it changes nothing: not one mutating call", async () => {
  takeMutations();
  expect(await apply()).toMatchObject({ created: [], updated: [], orphans: [] });
  expect(takeMutations()).toEqual([]);
});

test("after a promotion, too: the live configuration is left alone", async () => {
  const { falcon } = (await descriptor()).endpoints;
  if (falcon === undefined) throw new Error("no endpoint for falcon");
  await deploy(falcon.name, falcon.bootstrapConfig, "promoted");
  takeMutations();

  expect(await apply()).toMatchObject({ created: [], updated: [] });
  expect(takeMutations()).toEqual([]);
  expect(await liveConfiguration(falcon.name)).toBe("promoted");
});

test("a secret of the program, and what is made from it, is never written down in plaintext", async () => {
  await applyFixture("secret", { "falconry:password": "correct horse" });
  expect(await readFile(join(emulator.directory, "resources.json"), "utf8")).not.toContain("correct horse");
  const { ssm } = emulatorClients(emulator);
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/made-from-it", WithDecryption: true }));
  expect(Parameter?.Value).toBe("<correct horse>");
});

test("a failed create ends the run with its reason; what stood by then is recorded", async () => {
  await expect(applyFixture("broken")).rejects.toMatchObject({
    code: "local.apply-failed",
    message: expect.stringMatching(/BucketPolicy "refused" could not be created: NoSuchBucket/),
  });
  const { orphans } = await apply();
  expect(orphans.map((urn) => urn.split("::").at(-1))).toEqual(expect.arrayContaining(["before"]));
});

function apply() {
  return applyWith(undefined, {});
}

function applyFixture(name: "secret" | "broken", config: Record<string, string> = {}) {
  return applyWith(join(import.meta.dirname, `${name}.program.fixture.ts`), config);
}

async function applyWith(program: string | undefined, config: Record<string, string>) {
  const services = {
    "falconry:trackingUri": "http://127.0.0.1:9",
    "falconry:awsEndpointUrl": emulator.awsEndpointUrl,
    "falconry:sagemakerEndpointUrl": emulator.sagemakerEndpointUrl,
    "falconry:controlPlaneUrl": "http://127.0.0.1:9",
  };
  return applyProgram({
    directory: emulator.directory,
    awsEndpointUrl: aws.url,
    sagemakerEndpointUrl: sagemaker.url,
    config: { ...(await localStackSettings()).config, ...services, ...config },
    progress: silent,
    ...(program === undefined ? {} : { program }),
  });
}

function takeMutations(): string[] {
  return [...aws.takeMutations(), ...sagemaker.takeMutations()];
}

async function descriptor() {
  const { ssm } = emulatorClients(emulator);
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/falconry/local/descriptor" }));
  return descriptorSchema.parse(JSON.parse(Parameter?.Value ?? ""));
}

/** What promotion does, in short: another configuration goes live. */
async function deploy(endpoint: string, from: string, EndpointConfigName: string): Promise<void> {
  const client = emulatorClients(emulator).sagemaker;
  const { ProductionVariants } = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: from }));
  await client.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants }));
  await client.send(new UpdateEndpointCommand({ EndpointName: endpoint, EndpointConfigName }));
  await expect.poll(() => liveConfiguration(endpoint), { timeout: 60_000 }).toBe(EndpointConfigName);
}

async function liveConfiguration(EndpointName: string): Promise<string | undefined> {
  const client = emulatorClients(emulator).sagemaker;
  const { EndpointStatus, EndpointConfigName } = await client.send(new DescribeEndpointCommand({ EndpointName }));
  return EndpointStatus === "InService" ? EndpointConfigName : undefined;
}
