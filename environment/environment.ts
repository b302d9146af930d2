import { createRequire } from "node:module";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import type { SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { MlflowClient } from "mlflow-client";
import { type Descriptor, descriptorParameter, descriptorSchema } from "./descriptor.ts";
import { FalconryError } from "./error.ts";
import { readRegion, regionUrls } from "./region.ts";
import { regionFolder } from "./region-folder.ts";
import { trackingAuthentication } from "./tracking-authentication.ts";

/** Clients of one environment, all made from its descriptor. Close it when done: sockets are kept alive. */
export interface Environment extends Disposable {
  readonly descriptor: Descriptor;
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly sagemaker: SageMakerClient;
  readonly sagemakerRuntime: SageMakerRuntimeClient;
  readonly mlflow: MlflowClient;
}

/** The emulator takes any credentials; the SDK insists on some. */
export const localCredentials = { accessKeyId: "test", secretAccessKey: "test" };

export const localRegionName = "us-east-1";

/** The SDK waits for ever unless it is told: one dead connection must not hold a promotion up. Each of its attempts may take so long. */
export const clientTimeouts = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/** Bodies are large, and whoever reads one may be slow: here silence counts rather than time. */
const objectTimeouts = { ...clientTimeouts, requestTimeout: 300_000, socketTimeout: 60_000 };

/**
 * Opens an environment by reading its descriptor from SSM.
 *
 * @param name `local` for the region on this machine, otherwise an environment of the AWS account at hand
 * @throws FalconryError `environment.unknown`, `environment.unreachable`, `environment.descriptor-invalid`
 */
export async function openEnvironment(name: string, folder: string = regionFolder()): Promise<Environment> {
  return connect(await readDescriptor(name, folder));
}

/** Clients for a descriptor that is at hand. @throws FalconryError `environment.tracking-authentication` */
export function connect(descriptor: Descriptor): Environment {
  const { awsEndpointUrl, sagemakerEndpointUrl } = descriptor.services;
  const aws = clientSettings(descriptor.region, awsEndpointUrl);
  const sagemakerSettings = clientSettings(descriptor.region, sagemakerEndpointUrl);
  const s3 = onDemand((): S3Client => {
    const { S3Client } = load("@aws-sdk/client-s3") as typeof import("@aws-sdk/client-s3");
    // What is read is held against its own hash: the SDK need not hash it as well.
    const responseChecksumValidation = "WHEN_REQUIRED";
    return new S3Client({
      ...aws,
      requestHandler: objectTimeouts,
      forcePathStyle: awsEndpointUrl !== undefined,
      responseChecksumValidation,
    });
  });
  const dynamodb = onDemand((): DynamoDBClient => {
    const { DynamoDBClient } = load("@aws-sdk/client-dynamodb") as typeof import("@aws-sdk/client-dynamodb");
    return new DynamoDBClient(aws);
  });
  const cloudwatch = onDemand((): CloudWatchClient => {
    const { CloudWatchClient } = load("@aws-sdk/client-cloudwatch") as typeof import("@aws-sdk/client-cloudwatch");
    return new CloudWatchClient(aws);
  });
  const sns = onDemand((): SNSClient => {
    const { SNSClient } = load("@aws-sdk/client-sns") as typeof import("@aws-sdk/client-sns");
    return new SNSClient(aws);
  });
  const sagemaker = onDemand((): SageMakerClient => {
    const { SageMakerClient } = load("@aws-sdk/client-sagemaker") as typeof import("@aws-sdk/client-sagemaker");
    return new SageMakerClient(sagemakerSettings);
  });
  const sagemakerRuntime = onDemand((): SageMakerRuntimeClient => {
    const { SageMakerRuntimeClient } = load("@aws-sdk/client-sagemaker-runtime") as typeof import("@aws-sdk/client-sagemaker-runtime");
    return new SageMakerRuntimeClient(sagemakerSettings);
  });
  return {
    descriptor,
    get s3() {
      return s3.client();
    },
    get dynamodb() {
      return dynamodb.client();
    },
    get cloudwatch() {
      return cloudwatch.client();
    },
    get sns() {
      return sns.client();
    },
    get sagemaker() {
      return sagemaker.client();
    },
    get sagemakerRuntime() {
      return sagemakerRuntime.client();
    },
    mlflow: new MlflowClient({
      trackingUri: descriptor.tracking.uri,
      authentication: trackingAuthentication(descriptor, { variables: process.env, aws: () => sagemaker.client().config.credentials() }),
    }),
    [Symbol.dispose]() {
      for (const { destroy } of [s3, dynamodb, cloudwatch, sns, sagemaker, sagemakerRuntime]) destroy();
    },
  };
}

/** Synchronous, where `import()` is not. */
const load = createRequire(import.meta.url);

/** A client whose package is loaded when it is first asked for: the whole SDK takes half a second, and most commands need two services. */
function onDemand<Client extends { destroy(): void }>(make: () => Client) {
  let made: Client | undefined;
  return {
    client: () => {
      made ??= make();
      return made;
    },
    destroy: () => made?.destroy(),
  };
}

function clientSettings(region: string, endpoint: string | undefined) {
  const settings = { region, requestHandler: clientTimeouts };
  return endpoint === undefined ? settings : { ...settings, endpoint, credentials: localCredentials };
}

async function readDescriptor(name: string, folder: string): Promise<Descriptor> {
  const settings = name === "local" ? await localSettings(folder) : { requestHandler: clientTimeouts };
  const ssm = new SSMClient(settings);
  const parameter = descriptorParameter(name);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    return parseDescriptor(Parameter?.Value ?? "", parameter);
  } catch (error) {
    if (error instanceof FalconryError) throw error;
    if (error instanceof ParameterNotFound) {
      throw new FalconryError("environment.unknown", {
        message: `environment "${name}" has no descriptor at SSM parameter ${parameter}`,
        hint: standUp(name),
      });
    }
    throw new FalconryError("environment.unreachable", {
      message: `environment "${name}" cannot be reached: ${(error as Error).message || (error as Error).name}`,
      hint: standUp(name),
      cause: error,
    });
  } finally {
    ssm.destroy();
  }
}

async function localSettings(folder: string) {
  const region = await readRegion(folder);
  if (region === undefined) {
    throw new FalconryError("environment.unknown", { message: `no region was ever started in ${folder}`, hint: standUp("local") });
  }
  return { ...clientSettings(localRegionName, regionUrls(region).aws), maxAttempts: 1 };
}

function parseDescriptor(text: string, parameter: string): Descriptor {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = descriptorSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FalconryError("environment.descriptor-invalid", {
    message: `SSM parameter ${parameter}: ${issue?.path.join(".") || "the whole"}: ${issue?.message}`,
    hint: "Apply the Pulumi program of this version to the environment",
  });
}

function standUp(name: string): string {
  return name === "local" ? "Run: falconry local up" : `Check AWS_PROFILE and AWS_REGION, or run: pulumi up --stack ${name}`;
}
