import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type CreateModelCommandInput,
  DeleteModelCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListModelsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  type ProductionVariant,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxPayloadBytes } from "../container/read-request.ts";
import { EndpointDriver, image, role } from "../testing/endpoint-driver.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";
import { wire } from "./wire.ts";

let host: TemporaryHost;
let driver: EndpointDriver;

const model: CreateModelCommandInput = { ModelName: "falcon-1", ExecutionRoleArn: role, PrimaryContainer: { Image: image } };
const variant: ProductionVariant = { VariantName: "live", ModelName: "falcon-1", InitialInstanceCount: 1, InstanceType: "ml.m5.large" };
const arn = "arn:aws:sagemaker:us-east-1:000000000000";

beforeAll(async () => {
  // Nothing here needs S3: no container is started.
  host = await TemporaryHost.start("http://127.0.0.1:9");
  driver = host.driver;
  await driver.sagemaker.send(new CreateModelCommand(model));
  await driver.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "c1", ProductionVariants: [variant] }));
});

afterAll(() => host.close());

function refusal(message: string) {
  return { name: "ValidationException", $metadata: { httpStatusCode: 400 }, message: expect.stringContaining(message) };
}

test("a model and a configuration are described as they were created", async () => {
  expect(await driver.sagemaker.send(new DescribeModelCommand({ ModelName: "falcon-1" }))).toMatchObject({
    ModelName: "falcon-1",
    ModelArn: `${arn}:model/falcon-1`,
    ExecutionRoleArn: role,
    PrimaryContainer: { Image: image, Mode: "SingleModel" },
    EnableNetworkIsolation: false,
    CreationTime: expect.any(Date),
  });
  expect(await driver.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: "c1" }))).toMatchObject({
    EndpointConfigArn: `${arn}:endpoint-config/c1`,
    ProductionVariants: [{ ...variant, InitialVariantWeight: 1 }],
  });
});

describe("SageMaker's own words", () => {
  test("for what is not there", async () => {
    const { sagemaker } = driver;
    const config = { EndpointConfigName: "none" };
    await expect(sagemaker.send(new DescribeModelCommand({ ModelName: "none" }))).rejects.toMatchObject(
      refusal(`Could not find model "${arn}:model/none".`),
    );
    await expect(sagemaker.send(new DescribeModelCommand({ ModelName: "constructor" }))).rejects.toMatchObject(
      refusal("Could not find model"),
    );
    await expect(sagemaker.send(new DeleteModelCommand({ ModelName: "none" }))).rejects.toMatchObject(refusal("Could not find model"));
    await expect(sagemaker.send(new DescribeEndpointConfigCommand(config))).rejects.toMatchObject(
      refusal(`Could not find endpoint configuration "${arn}:endpoint-config/none".`),
    );
    await expect(sagemaker.send(new DescribeEndpointCommand({ EndpointName: "none" }))).rejects.toMatchObject(
      refusal(`Could not find endpoint "${arn}:endpoint/none".`),
    );
    await expect(sagemaker.send(new CreateEndpointCommand({ EndpointName: "e", ...config }))).rejects.toMatchObject(
      refusal("Could not find endpoint configuration"),
    );
    await expect(sagemaker.send(new UpdateEndpointCommand({ EndpointName: "none", EndpointConfigName: "c1" }))).rejects.toMatchObject(
      refusal("Could not find endpoint"),
    );
  });

  test("for what is there already", async () => {
    await expect(driver.sagemaker.send(new CreateModelCommand(model))).rejects.toMatchObject(
      refusal(`Cannot create already existing model "${arn}:model/falcon-1".`),
    );
    await expect(
      driver.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "c1", ProductionVariants: [variant] })),
    ).rejects.toMatchObject(refusal("Cannot create already existing endpoint configuration"));
  });

  test("for members that are missing or malformed", async () => {
    const nameless = { ...model, ModelName: undefined };
    await expect(driver.sagemaker.send(new CreateModelCommand(nameless))).rejects.toMatchObject(
      refusal("Value null at 'modelName' failed to satisfy constraint: Member must not be null"),
    );
    await expect(driver.sagemaker.send(new CreateModelCommand({ ...model, ModelName: "a_b" }))).rejects.toMatchObject(
      refusal("Value 'a_b' at 'modelName' failed to satisfy constraint: Member must satisfy regular expression pattern"),
    );
    await expect(driver.sagemaker.send(new ListModelsCommand({ MaxResults: 101 }))).rejects.toMatchObject(
      refusal("Member must have value less than or equal to 100"),
    );
    const unknown = { EndpointConfigName: "c2", ProductionVariants: [{ ...variant, ModelName: "none" }] };
    await expect(driver.sagemaker.send(new CreateEndpointConfigCommand(unknown))).rejects.toMatchObject(refusal("Could not find model"));
  });

  test("for a deployment configuration beyond its limits", async () => {
    const routing = { Type: "CANARY", WaitIntervalInSeconds: 60, CanarySize: { Type: "INSTANCE_COUNT", Value: 1 } } as const;
    const policy = (changes: object) => ({ BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { ...routing, ...changes } } });
    await expect(driver.startUpdate("e", "c1", policy({ WaitIntervalInSeconds: 3601 }))).rejects.toMatchObject(
      refusal(
        "Value '3601' at 'deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.waitIntervalInSeconds' failed to satisfy constraint: " +
          "Member must have value less than or equal to 3600",
      ),
    );
    await expect(driver.startUpdate("e", "c1", policy({ Type: "SUDDEN" }))).rejects.toMatchObject(
      refusal("Member must satisfy enum value set: [ALL_AT_ONCE, CANARY, LINEAR]"),
    );
    const Alarms = Array.from({ length: 11 }, (_, index) => ({ AlarmName: `a${index}` }));
    await expect(driver.startUpdate("e", "c1", { AutoRollbackConfiguration: { Alarms } })).rejects.toMatchObject(
      refusal("Member must have length less than or equal to 10"),
    );
  });

  test("for an operation that the host does not know", async () => {
    await expect(driver.sagemaker.send(new ListTrainingJobsCommand())).rejects.toMatchObject({ name: "UnknownOperationException" });
  });

  test("shortened, where they repeat what was sent", async () => {
    const long = "a".repeat(10_000);
    for (const call of [
      driver.sagemaker.send(new DescribeModelCommand({ ModelName: long })),
      driver.runtime.send(new InvokeEndpointCommand({ EndpointName: long, Body: "{}" })),
    ]) {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ $metadata: { httpStatusCode: 400 } });
      expect(String(error).length).toBeLessThan(500);
    }
  });

  test("for an invocation of nothing, and of too much", async () => {
    const invoke = (EndpointName: string, Body: Uint8Array) => driver.runtime.send(new InvokeEndpointCommand({ EndpointName, Body }));
    await expect(invoke("none", Buffer.from("{}"))).rejects.toMatchObject({
      name: "ValidationError",
      message: "Endpoint none of account 000000000000 not found.",
    });
    await expect(invoke("none", Buffer.alloc(maxPayloadBytes + 1))).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
  });
});

describe("what is not emulated is said, never skipped", () => {
  test("several containers, several variants, serverless, data capture", async () => {
    const pipeline = { ...model, ModelName: "m2", PrimaryContainer: undefined, Containers: [{ Image: image }] };
    await expect(driver.sagemaker.send(new CreateModelCommand(pipeline))).rejects.toMatchObject(refusal("Containers is not emulated"));
    const config = { EndpointConfigName: "c2", ProductionVariants: [variant, { ...variant, VariantName: "other" }] };
    await expect(driver.sagemaker.send(new CreateEndpointConfigCommand(config))).rejects.toMatchObject(
      refusal("more than one production variant is not emulated"),
    );
    const serverless = { ...variant, ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } };
    await expect(
      driver.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "c2", ProductionVariants: [serverless] })),
    ).rejects.toMatchObject(refusal("ProductionVariants.0.ServerlessConfig is not emulated"));
  });

  test("a rolling update", async () => {
    const step = { Type: "CAPACITY_PERCENT", Value: 50 } as const;
    const RollingUpdatePolicy = { MaximumBatchSize: step, WaitIntervalInSeconds: 60 };
    await expect(driver.startUpdate("e", "c1", { RollingUpdatePolicy })).rejects.toMatchObject(
      refusal("DeploymentConfig.RollingUpdatePolicy is not emulated"),
    );
  });
});

test("tags are set, replaced, listed and taken off, and go with what they are on", async () => {
  const ResourceArn = `${arn}:model/tagged`;
  const Tags = [
    { Key: "a", Value: "1" },
    { Key: "b", Value: "2" },
  ];
  await driver.sagemaker.send(new CreateModelCommand({ ...model, ModelName: "tagged", Tags }));
  await driver.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: "b", Value: "3" }] }));
  await driver.sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ["a"] }));
  expect((await driver.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([{ Key: "b", Value: "3" }]);
  await driver.sagemaker.send(new DeleteModelCommand({ ModelName: "tagged" }));
  await expect(driver.sagemaker.send(new ListTagsCommand({ ResourceArn }))).rejects.toMatchObject(refusal("Could not find model"));
  await driver.sagemaker.send(new CreateModelCommand({ ...model, ModelName: "tagged" }));
  expect((await driver.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([]);
});

test("a list names what matches, page by page", async () => {
  for (const ModelName of ["list-a", "list-b", "list-c"]) await driver.sagemaker.send(new CreateModelCommand({ ...model, ModelName }));
  const request = { NameContains: "list-", SortBy: "Name", SortOrder: "Ascending", MaxResults: 2 } as const;
  const first = await driver.sagemaker.send(new ListModelsCommand(request));
  expect(first.Models?.map(({ ModelName }) => ModelName)).toEqual(["list-a", "list-b"]);
  const second = await driver.sagemaker.send(new ListModelsCommand({ ...request, NextToken: first.NextToken }));
  expect(second.Models?.map(({ ModelName }) => ModelName)).toEqual(["list-c"]);
  expect(second.NextToken).toBeUndefined();
});

test("what is the host's own fault is an InternalFailure", async () => {
  const fail = () => Promise.reject(new Error("a bug"));
  const app = wire({ operations: { CreateModel: fail }, invoke: fail, restored: () => true, log: pino({ enabled: false }) });
  const broken = new EndpointDriver(await app.listen({ host: "127.0.0.1", port: 0 }));
  const failure = { name: "InternalFailure", $metadata: { httpStatusCode: 500 }, message: expect.stringContaining("its log has") };
  await expect(broken.sagemaker.send(new CreateModelCommand(model))).rejects.toMatchObject(failure);
  await expect(broken.runtime.send(new InvokeEndpointCommand({ EndpointName: "e", Body: "{}" }))).rejects.toMatchObject(failure);
  broken.close();
  await app.close();
});

test("health is 200 when the endpoints are back", async () => {
  const answer = await fetch(`${host.url}/health`);
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
});
