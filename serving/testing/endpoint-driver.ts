import {
  type ContainerDefinition,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DeploymentConfig,
  DescribeEndpointCommand,
  type DescribeEndpointOutput,
  SageMakerClient,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";
import { vi } from "vitest";

export const role = "arn:aws:iam::000000000000:role/inference";
export const image = "falconry/inference:0.1.0";

/** The AWS SDK, as it comes, pointed at a host. */
export class EndpointDriver {
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;

  /** @param maxAttempts 1 shows every failed request; SDKs use 3 by themselves */
  constructor(url: string, maxAttempts = 1) {
    const settings = { region: localRegionName, endpoint: url, credentials: localCredentials, maxAttempts };
    this.sagemaker = new SageMakerClient(settings);
    this.runtime = new SageMakerRuntimeClient(settings);
  }

  /** A model and a configuration of the same name, for a folder of model data. */
  async configure(name: string, s3Uri: string, { version = 1, instances = 1, endpoint = "falcon" } = {}): Promise<void> {
    const Environment = {
      FALCONRY_MODEL_NAME: "fair",
      FALCONRY_MODEL_VERSION: String(version),
      FALCONRY_RUN: "r",
      FALCONRY_DATASET: "d",
      FALCONRY_ENDPOINT: endpoint,
      FALCONRY_METRIC_WINDOW_SECONDS: "1",
    };
    const ModelDataSource = { S3DataSource: { S3Uri: s3Uri, S3DataType: "S3Prefix", CompressionType: "None" } } as const;
    await this.configureContainer(name, { Image: image, ModelDataSource, Environment }, instances);
  }

  async configureContainer(name: string, PrimaryContainer: ContainerDefinition, instances = 1): Promise<void> {
    await this.sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: role, PrimaryContainer }));
    const variant = { VariantName: "live", ModelName: name, InitialInstanceCount: instances, InstanceType: "ml.m5.large" } as const;
    await this.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }));
  }

  /** Creates an endpoint and waits until it is in service or failed. */
  async create(endpoint: string, config: string): Promise<DescribeEndpointOutput> {
    await this.sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: config }));
    return this.settled(endpoint);
  }

  async update(endpoint: string, config: string): Promise<DescribeEndpointOutput> {
    await this.startUpdate(endpoint, config);
    return this.settled(endpoint);
  }

  async startUpdate(endpoint: string, config: string, deployment?: DeploymentConfig): Promise<void> {
    const names = { EndpointName: endpoint, EndpointConfigName: config };
    await this.sagemaker.send(new UpdateEndpointCommand({ ...names, DeploymentConfig: deployment }));
  }

  /** The endpoint when its new fleet has this share of the traffic and waits for the alarms. */
  async baking(endpoint: string, share: number): Promise<DescribeEndpointOutput> {
    const description = await vi.waitFor(
      async () => {
        const description = await this.describe(endpoint);
        const [variant] = description.PendingDeploymentSummary?.ProductionVariants ?? [];
        const bakes = variant?.VariantStatus?.[0]?.Status === "Baking" && variant.CurrentWeight === share;
        if (description.EndpointStatus === "Updating" && !bakes) throw new Error(`${endpoint} does not bake with ${share} of the traffic`);
        return description;
      },
      { timeout: 60_000, interval: 50 },
    );
    if (description.EndpointStatus !== "Updating") throw new Error(`${endpoint} baked no more: ${description.FailureReason}`);
    return description;
  }

  describe(endpoint: string): Promise<DescribeEndpointOutput> {
    return this.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }));
  }

  /** The endpoint when nothing is under way. */
  settled(endpoint: string): Promise<DescribeEndpointOutput> {
    return vi.waitFor(
      async () => {
        const description = await this.describe(endpoint);
        if (description.EndpointStatus?.endsWith("ing")) throw new Error(`${endpoint} is still ${description.EndpointStatus}`);
        return description;
      },
      { timeout: 60_000, interval: 50 },
    );
  }

  /** The version of the model that answers one row. */
  async answeringVersion(endpoint: string, mass = 0): Promise<number> {
    const body = JSON.stringify({ instances: [{ mass }] });
    const { Body } = await this.runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, ContentType: "application/json", Body: body }),
    );
    return JSON.parse(Body.transformToString()).predictions[0].model.version;
  }

  close(): void {
    this.sagemaker.destroy();
    this.runtime.destroy();
  }
}
