import { DescribeEndpointCommand, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { ObservedEndpoint } from "../promotion/decide.ts";
import { ifThere } from "./refusal.ts";

/** @returns undefined where there is no endpoint of this name */
export async function describeEndpoint(sagemaker: SageMakerClient, name: string): Promise<ObservedEndpoint | undefined> {
  const endpoint = await ifThere(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
  if (endpoint === undefined) return undefined;
  const { EndpointStatus: status = "Unknown", EndpointConfigName: config = "", FailureReason: failureReason } = endpoint;
  return failureReason ? { status, config, failureReason } : { status, config };
}

/** @throws FalconryError `environment.no-endpoint` – the descriptor names it, and SageMaker does not know it */
export async function requireEndpoint({ sagemaker, descriptor }: Environment, { name }: EndpointSettings): Promise<ObservedEndpoint> {
  const endpoint = await describeEndpoint(sagemaker, name);
  if (endpoint !== undefined) return endpoint;
  throw new FalconryError("environment.no-endpoint", {
    message: `SageMaker has no endpoint ${name}, which environment "${descriptor.environment}" should have`,
    hint: descriptor.environment === "local" ? "Run: falconry local up" : `Run: pulumi up --stack ${descriptor.environment}`,
  });
}
