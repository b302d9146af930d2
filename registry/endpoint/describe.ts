import { DescribeEndpointCommand, type PendingDeploymentSummary, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { ifThere } from "./refusal.ts";

export interface ObservedEndpoint {
  /** SageMaker's EndpointStatus. */
  status: string;
  /** The configuration that it serves; while it is updated, the one that it comes from. */
  config: string;
  failureReason?: string;
  /** What an update brings up. */
  pending?: PendingDeployment;
}

export interface PendingDeployment {
  config: string;
  /** SageMaker's VariantStatus: Creating, Updating, Baking, ActivatingTraffic, Deleting. */
  stage: string;
  /** ISO 8601: when the stage began. */
  since: string;
}

/** @returns undefined where there is no endpoint of this name */
export async function describeEndpoint(sagemaker: SageMakerClient, name: string): Promise<ObservedEndpoint | undefined> {
  const endpoint = await ifThere(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
  if (endpoint === undefined) return undefined;
  const { EndpointStatus: status = "Unknown", EndpointConfigName: config = "", FailureReason: failureReason } = endpoint;
  const pending = endpoint.PendingDeploymentSummary && pendingDeployment(endpoint.PendingDeploymentSummary);
  return { status, config, ...(failureReason && { failureReason }), ...(pending && { pending }) };
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

/** @returns undefined until SageMaker tells the stage of the one variant that every endpoint of ours has (D3) */
function pendingDeployment({ EndpointConfigName, StartTime, ProductionVariants }: PendingDeploymentSummary): PendingDeployment | undefined {
  const [variant] = ProductionVariants ?? [];
  const stage = variant?.VariantStatus?.at(-1);
  const since = stage?.StartTime ?? StartTime;
  if (EndpointConfigName === undefined || stage?.Status === undefined || since === undefined) return undefined;
  return { config: EndpointConfigName, stage: stage.Status, since: since.toISOString() };
}
