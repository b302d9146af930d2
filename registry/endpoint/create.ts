import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type ProductionVariant,
  type Tag,
} from "@aws-sdk/client-sagemaker";
import { canonicalJson } from "@falconry/environment/canonical.ts";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import type { Deployment } from "./deployment.ts";
import { packageUrl } from "./package.ts";
import { ifThere, isRefusal } from "./refusal.ts";

/** What stands under a deployment's name is another one's: nothing of it may serve. */
export class NameTaken extends Error {
  override readonly name = "NameTaken";
}

/** Whose counts a container's are, and how often it writes them. */
export interface Metering {
  /** Name of the SageMaker endpoint. */
  endpoint: string;
  /** What the judge reads by. */
  windowSeconds: number;
}

/** Makes the SageMaker model, or finds that an earlier attempt made the same. @throws NameTaken */
export async function createModel(
  { sagemaker, descriptor }: Environment,
  workload: string,
  deployment: Deployment,
  { endpoint, windowSeconds }: Metering,
): Promise<void> {
  const container = {
    Image: descriptor.images.inference,
    ModelDataSource: {
      S3DataSource: {
        S3Uri: packageUrl(descriptor.lake.models, deployment.package),
        S3DataType: "S3Prefix" as const,
        CompressionType: "None" as const,
      },
    },
    Environment: {
      FALCONRY_MODEL_NAME: workload,
      FALCONRY_MODEL_VERSION: String(deployment.version),
      FALCONRY_RUN: deployment.run,
      FALCONRY_DATASET: deployment.dataset,
      FALCONRY_ENDPOINT: endpoint,
      FALCONRY_METRIC_WINDOW_SECONDS: String(windowSeconds),
    },
  };
  await createOnce(
    `model ${deployment.model}`,
    () =>
      sagemaker.send(
        new CreateModelCommand({
          ModelName: deployment.model,
          ExecutionRoleArn: descriptor.roles.inference,
          PrimaryContainer: container,
          EnableNetworkIsolation: true, // a graph that somebody else made has nothing to ask of the network
          Tags: tags(workload, deployment),
        }),
      ),
    async () => {
      const standing = await ifThere(sagemaker.send(new DescribeModelCommand({ ModelName: deployment.model })));
      const { Image, ModelDataSource, Environment: variables } = standing?.PrimaryContainer ?? {};
      const source = ModelDataSource?.S3DataSource;
      const asWritten = source && { S3Uri: source.S3Uri, S3DataType: source.S3DataType, CompressionType: source.CompressionType };
      return standing && same(container, { Image, ModelDataSource: { S3DataSource: asWritten }, Environment: variables });
    },
  );
}

/** Makes the endpoint configuration with its one variant, or finds that an earlier attempt made the same. @throws NameTaken */
export async function createConfiguration(
  { sagemaker }: Environment,
  workload: string,
  deployment: Deployment,
  endpoint: EndpointSettings,
): Promise<void> {
  const variant = {
    VariantName: endpoint.variant,
    ModelName: deployment.model,
    InitialInstanceCount: endpoint.instanceCount,
    InstanceType: endpoint.instanceType as ProductionVariant["InstanceType"],
  };
  await createOnce(
    `endpoint configuration ${deployment.config}`,
    () =>
      sagemaker.send(
        new CreateEndpointConfigCommand({
          EndpointConfigName: deployment.config,
          ProductionVariants: [variant],
          Tags: tags(workload, deployment),
        }),
      ),
    async () => {
      const standing = await ifThere(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: deployment.config })));
      const [first] = standing?.ProductionVariants ?? [];
      return standing && first?.VariantName === variant.VariantName && first.ModelName === variant.ModelName;
    },
  );
}

export async function modelStands({ sagemaker }: Environment, name: string): Promise<boolean> {
  return (await ifThere(sagemaker.send(new DescribeModelCommand({ ModelName: name })))) !== undefined;
}

export async function configurationStands({ sagemaker }: Environment, name: string): Promise<boolean> {
  return (await ifThere(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })))) !== undefined;
}

/** @param standing whether what stands under the name is what would be made; undefined where nothing stands */
async function createOnce(what: string, create: () => Promise<unknown>, standing: () => Promise<boolean | undefined>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const isSame = await standing();
    if (isSame === undefined) throw error;
    if (!isSame) throw new NameTaken(`${what} exists with another content`);
  }
}

function tags(workload: string, { version, run, dataset, package: digest }: Deployment): Tag[] {
  const values = { workload, version: String(version), run, dataset, package: digest };
  return Object.entries(values).map(([key, Value]) => ({ Key: `falconry.${key}`, Value }));
}

function same(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
