import { DescribeUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../emulator.fixture.ts";
import { type EmulatorClients, emulatorClients } from "./clients.ts";
import { emulatedType, emulatedTypes } from "./emulated-types.ts";
import type { Properties, Task } from "./resource-type.ts";

let emulator: Emulator;
let clients: EmulatorClients;
let task: Task;

beforeAll(async () => {
  emulator = await startEmulator();
  clients = emulatorClients(emulator);
  task = { clients, automaticName: "automatic-1a2b3c4" };
});
afterAll(() => emulator.close());

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::sample/*" }],
});

/** Inputs of one resource of each type, in an order in which each finds what it stands on. */
const samples: Record<string, Properties> = {
  "aws:kms/key:Key": { description: "a key", enableKeyRotation: true, deletionWindowInDays: 30 },
  "aws:s3/bucket:Bucket": { bucket: "sample", objectLockEnabled: true },
  "aws:s3/bucketVersioning:BucketVersioning": { bucket: "sample", versioningConfiguration: { status: "Enabled" } },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    bucket: "sample",
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "a-key" }, bucketKeyEnabled: true }],
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    bucket: "sample",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    bucket: "sample",
    rules: [{ id: "old", status: "Enabled", filter: {}, noncurrentVersionExpiration: { noncurrentDays: 90 } }],
  },
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: "sample", policy },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    bucket: "sample",
    rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } },
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": { bucket: "plain", key: "folder/file", contentBase64: "AAEC" },
  "aws:dynamodb/table:Table": {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "endpoint",
    rangeKey: "sequence",
    attributes: [
      { name: "endpoint", type: "S" },
      { name: "sequence", type: "N" },
    ],
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
  },
  "aws:dynamodb/resourcePolicy:ResourcePolicy": { resourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/automatic-1a2b3c4", policy },
  "aws:sns/topic:Topic": { name: "sample", kmsMasterKeyId: "a-key" },
  "aws:sns/topicPolicy:TopicPolicy": { arn: "arn:aws:sns:us-east-1:000000000000:sample", policy },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    name: "sample",
    namespace: "Falconry/Rollout",
    metricName: "Heartbeat",
    dimensions: { Endpoint: "sample" },
    statistic: "Sum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    period: 1,
    evaluationPeriods: 1,
  },
  "aws:cognito/userPool:UserPool": {
    name: "sample",
    passwordPolicy: {
      minimumLength: 14,
      requireLowercase: true,
      requireUppercase: true,
      requireNumbers: true,
      requireSymbols: true,
      temporaryPasswordValidityDays: 3,
    },
    mfaConfiguration: "ON",
    softwareTokenMfaConfiguration: { enabled: true },
    deletionProtection: "ACTIVE",
  },
  "aws:iam/role:Role": { name: "sample", assumeRolePolicy: policy },
  "aws:iam/rolePolicy:RolePolicy": { role: "sample", policy },
  "aws:ssm/parameter:Parameter": { name: "/sample", type: "String", value: "1" },
  "aws:sagemaker/model:Model": {
    name: "sample",
    executionRoleArn: "arn:aws:iam::000000000000:role/sample",
    primaryContainer: {
      image: "falconry/inference:0.1.0",
      modelDataSource: { s3DataSources: [{ s3Uri: "s3://sample/none/", s3DataType: "S3Prefix", compressionType: "None" }] },
    },
  },
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": {
    name: "sample",
    productionVariants: [{ variantName: "live", modelName: "sample", instanceType: "ml.m5.large", initialInstanceCount: 2 }],
  },
};

describe.each(Object.keys(samples))("%s", (token) => {
  const type = emulatedType(token);
  const inputs = samples[token] ?? {};

  test("stands once it was created; created again, which a killed run may ask for, it is the same", async () => {
    if (token.includes("bucketObjectv2")) await emulatedType("aws:s3/bucket:Bucket").create({ bucket: "plain" }, task);
    const first = await type.create(inputs, task);
    expect(await type.read(first.id, clients)).toBe(true);
    // A key is named by AWS, so that one more is made.
    if (!token.includes("kms/key")) expect(await type.create(inputs, task)).toMatchObject({ id: first.id });
  });

  test("refuses an input that it does not know", async () => {
    await expect(type.create({ ...inputs, colour: "red" }, task)).rejects.toMatchObject({
      code: "local.not-emulated",
      message: expect.stringContaining("colour"),
    });
  });
});

test("an endpoint that cannot start is refused with SageMaker's reason, and can be created anew", async () => {
  const endpoint = emulatedType("aws:sagemaker/endpoint:Endpoint");
  for (const attempt of ["first", "after it failed"]) {
    const create = endpoint.create({ name: "cannot-start", endpointConfigName: "sample" }, task);
    await expect(create, attempt).rejects.toThrow(/the endpoint is Failed: .*model data/s);
  }
});

test("a user pool's client and groups stand in it once, are changed in it, and go with it", async () => {
  const pool = emulatedType("aws:cognito/userPool:UserPool");
  const { id: userPoolId } = await pool.create({ name: "of-its-own" }, task);
  const client = emulatedType("aws:cognito/userPoolClient:UserPoolClient");
  const inputs = {
    userPoolId,
    name: "command-line",
    generateSecret: false,
    explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
    accessTokenValidity: 60,
    idTokenValidity: 60,
    refreshTokenValidity: 8,
    tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
    enableTokenRevocation: true,
    preventUserExistenceErrors: "ENABLED",
  };
  const { id: ClientId } = await client.create(inputs, task);
  expect(await client.create(inputs, task)).toMatchObject({ id: ClientId });
  await client.update(ClientId, { ...inputs, refreshTokenValidity: 4 }, task);
  const { UserPoolClient } = await clients.cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId }));
  expect(UserPoolClient).toMatchObject({ ClientName: "command-line", RefreshTokenValidity: 4 });

  const group = emulatedType("aws:cognito/userGroup:UserGroup");
  const scientist = { userPoolId, name: "scientist", description: "Asks for promotions" };
  const { id } = await group.create(scientist, task);
  expect(await group.create(scientist, task)).toMatchObject({ id: `${userPoolId}/scientist` });
  expect([await client.read(ClientId, clients), await group.read(id, clients)]).toEqual([true, true]);
  await pool.delete(userPoolId, clients);
  expect([await client.read(ClientId, clients), await group.read(id, clients)]).toEqual([false, false]);
});

test("deleted, a resource does not stand any more", async () => {
  for (const token of Object.keys(samples).reverse()) {
    const type = emulatedType(token);
    const { id } = await type.create(samples[token] ?? {}, task);
    await type.delete(id, clients);
    // These two can never be taken from a bucket again.
    if (/ObjectLock|Versioning/.test(token)) continue;
    expect([token, await type.read(id, clients)]).toEqual([token, false]);
  }
  await expect(clients.s3.send(new HeadBucketCommand({ Bucket: "sample" }))).rejects.toMatchObject({ name: "NotFound" });
});

test("every emulated type has a sample above, or is tried by the whole program", () => {
  const inAPool = ["aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/userGroup:UserGroup"];
  const tried = new Set([...Object.keys(samples), ...inAPool, "aws:kms/alias:Alias", "aws:sagemaker/endpoint:Endpoint"]);
  expect(emulatedTypes.map(({ token }) => token).filter((token) => !tried.has(token))).toEqual([]);
});

test("a type without emulation is refused by name", () => {
  expect(() => emulatedType("aws:redshift/cluster:Cluster")).toThrow("aws:redshift/cluster:Cluster has no emulation on this machine");
});
