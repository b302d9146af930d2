import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type ProductionVariantInstanceType,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands, unless } from "./missing.ts";
import { resourceType, type Standing } from "./resource-type.ts";
import { BrokenResource } from "./service-refusal.ts";

const START_WITHIN_SECONDS = 90;
const POLL_MILLISECONDS = 250;

export const sagemakerModel = resourceType({
  token: "aws:sagemaker/model:Model",
  inputs: z.strictObject({
    name: z.string().optional(),
    executionRoleArn: z.string(),
    enableNetworkIsolation: z.boolean().optional(),
    primaryContainer: z.strictObject({
      image: z.string(),
      environment: z.record(z.string(), z.string()).optional(),
      modelDataSource: z.strictObject({
        s3DataSources: z
          .array(z.strictObject({ s3Uri: z.string(), s3DataType: z.literal("S3Prefix"), compressionType: z.literal("None") }))
          .length(1),
      }),
    }),
  }),
  replaceOn: ["name", "executionRoleArn", "enableNetworkIsolation", "primaryContainer"],
  async create({ name, executionRoleArn, enableNetworkIsolation, primaryContainer }, { clients: { sagemaker }, automaticName }) {
    const ModelName = name ?? automaticName;
    const [source] = primaryContainer.modelDataSource.s3DataSources;
    const create = new CreateModelCommand({
      ModelName,
      ExecutionRoleArn: executionRoleArn,
      EnableNetworkIsolation: enableNetworkIsolation,
      PrimaryContainer: {
        Image: primaryContainer.image,
        Environment: primaryContainer.environment,
        ModelDataSource: {
          S3DataSource: { S3Uri: source?.s3Uri, S3DataType: source?.s3DataType, CompressionType: source?.compressionType },
        },
      },
    });
    await createOrKeep(sagemaker.send(create));
    const { ModelArn } = await sagemaker.send(new DescribeModelCommand({ ModelName }));
    return { id: ModelName, outputs: { name: ModelName, arn: ModelArn } };
  },
  read: (id, { sagemaker }) => found(sagemaker.send(new DescribeModelCommand({ ModelName: id }))),
  async delete(id, { sagemaker }) {
    await sagemaker.send(new DeleteModelCommand({ ModelName: id }));
  },
});

export const sagemakerEndpointConfiguration = resourceType({
  token: "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
  inputs: z.strictObject({
    name: z.string().optional(),
    productionVariants: z.array(
      z.strictObject({
        variantName: z.string(),
        modelName: z.string(),
        instanceType: z.string(),
        initialInstanceCount: z.number().int(),
        initialVariantWeight: z.number().optional(),
      }),
    ),
  }),
  replaceOn: ["name", "productionVariants"],
  async create({ name, productionVariants }, { clients: { sagemaker }, automaticName }) {
    const EndpointConfigName = name ?? automaticName;
    const create = new CreateEndpointConfigCommand({
      EndpointConfigName,
      ProductionVariants: productionVariants.map((variant) => ({
        VariantName: variant.variantName,
        ModelName: variant.modelName,
        // The SDK lists the types it knows; AWS judges the name.
        InstanceType: variant.instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: variant.initialInstanceCount,
        InitialVariantWeight: variant.initialVariantWeight ?? 1,
      })),
    });
    await createOrKeep(sagemaker.send(create));
    const { EndpointConfigArn } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    return { id: EndpointConfigName, outputs: { name: EndpointConfigName, arn: EndpointConfigArn } };
  },
  read: (id, { sagemaker }) => found(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: id }))),
  async delete(id, { sagemaker }) {
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: id }));
  },
});

export const sagemakerEndpoint = resourceType({
  token: "aws:sagemaker/endpoint:Endpoint",
  inputs: z.strictObject({ name: z.string().optional(), endpointConfigName: z.string() }),
  replaceOn: ["name"],
  async create({ name, endpointConfigName }, { clients, automaticName }) {
    const EndpointName = name ?? automaticName;
    await clearBroken(EndpointName, clients);
    await createOrKeep(clients.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: endpointConfigName })));
    return inService(EndpointName, clients);
  },
  read: (id, { sagemaker }) => found(sagemaker.send(new DescribeEndpointCommand({ EndpointName: id }))),
  async update(id, { endpointConfigName }, { clients }) {
    // Reached only where endpointConfigName itself changed and is not ignored: it is the one input that can.
    await clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName: id, EndpointConfigName: endpointConfigName }));
    return inService(id, clients);
  },
  async delete(id, { sagemaker }) {
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: id }));
  },
});

/** @throws BrokenResource with SageMaker's reason where the endpoint did not come into service */
async function inService(EndpointName: string, { sagemaker }: EmulatorClients): Promise<Standing> {
  const deadline = performance.now() + START_WITHIN_SECONDS * 1000;
  for (;;) {
    const { EndpointStatus, EndpointArn, FailureReason } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (EndpointStatus === "InService") return { id: EndpointName, outputs: { name: EndpointName, arn: EndpointArn } };
    if (EndpointStatus === "Failed" || performance.now() > deadline) {
      throw new BrokenResource(
        `the endpoint is ${EndpointStatus}${FailureReason ? `: ${FailureReason}` : ` after ${START_WITHIN_SECONDS} s`}`,
      );
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** An endpoint that failed while it was created can only be deleted (AWS: UpdateEndpoint is refused); no traffic ever reached it. */
async function clearBroken(EndpointName: string, { sagemaker }: EmulatorClients): Promise<void> {
  const look = sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  if (!(await found(look)) || (await look).EndpointStatus !== "Failed") return;
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  while (await found(sagemaker.send(new DescribeEndpointCommand({ EndpointName })))) await sleep(POLL_MILLISECONDS);
}

/** SageMaker answers both "exists already" and "there is none" with a ValidationException; only the words differ. */
async function createOrKeep(create: Promise<unknown>): Promise<void> {
  try {
    await unless(create, "ResourceInUse");
  } catch (error) {
    if (!(error instanceof Error && error.name === "ValidationException" && /already exist/i.test(error.message))) throw error;
  }
}

async function found(look: Promise<unknown>): Promise<boolean> {
  try {
    return await stands(look, "ResourceNotFound");
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationException" && /could not find/i.test(error.message)) return false;
    throw error;
  }
}
