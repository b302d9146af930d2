import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigCommandOutput,
  DescribeModelCommand,
  type DescribeModelCommandOutput,
  type ProductionVariant,
} from "@aws-sdk/client-sagemaker";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { CanarySettings } from "@falconry/model/canary.ts";
import { describeAlarms } from "../canary/signals.ts";
import { alarmFaults } from "./alarm-faults.ts";
import { ifThere, isForbidden } from "./refusal.ts";

/**
 * Refuses an endpoint that SageMaker would update all at once, whatever it is asked for, or that no alarm could roll back. Asks before anything is touched.
 *
 * @throws FalconryError `registry.endpoint-unguarded` – with everything that is wrong
 * @see "Exclusions", Deployment guardrails, Amazon SageMaker developer guide
 */
export async function requireGuarded(environment: Environment, endpoint: EndpointSettings, settings: CanarySettings): Promise<void> {
  const faults = [
    ...sizeFaults(endpoint, settings),
    ...alarmFaults(await describeAlarms(environment, endpoint), endpoint, settings),
    ...(await hostingFaults(environment, endpoint)),
  ];
  if (faults.length === 0) return;
  throw new FalconryError("registry.endpoint-unguarded", {
    message: `endpoint ${endpoint.name} cannot hold a canary: ${faults.join("; ")}`,
    hint: `Mend workload.ts or the stack's configuration, then run: ${environment.descriptor.environment === "local" ? "falconry local up" : "pulumi up"}`,
  });
}

/** SageMaker's limit: CanarySize is at most half of the variant's instances. */
function sizeFaults({ instanceType, instanceCount }: EndpointSettings, { instances }: CanarySettings): string[] {
  const faults: string[] = [];
  if (isInferentia(instanceType)) faults.push(`it is to run on ${instanceType}`);
  if (instanceCount < 2) faults.push(`it is to have ${instanceCount} instance, fewer than two`);
  else if (instances > instanceCount / 2) {
    faults.push(`a canary of ${instances} instances is more than half of ${instanceCount}`);
  }
  return faults;
}

/** What the endpoint runs now is what SageMaker has to keep up, and to go back to. */
async function hostingFaults({ sagemaker }: Environment, { name, variant }: EndpointSettings): Promise<string[]> {
  const { EndpointArn, EndpointConfigName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
  try {
    return await servingFaults(sagemaker, { EndpointArn, EndpointConfigName }, variant);
  } catch (error) {
    // The registry's role may look at what Falconry makes, and at nothing else.
    if (isForbidden(error)) return [`it runs ${EndpointConfigName}, which is none of Falconry's: ${error.message}`];
    throw error;
  }
}

async function servingFaults(
  sagemaker: Environment["sagemaker"],
  { EndpointArn, EndpointConfigName }: Pick<DescribeEndpointCommandOutput, "EndpointArn" | "EndpointConfigName">,
  variant: string,
): Promise<string[]> {
  const config = await ifThere(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName })));
  if (config === undefined) return [`configuration ${EndpointConfigName}, which it runs, was deleted`];
  const faults = configurationFaults(config, variant);
  for (const { ModelName } of config.ProductionVariants ?? []) {
    if (ModelName === undefined) continue;
    const model = await ifThere(sagemaker.send(new DescribeModelCommand({ ModelName })));
    faults.push(...(model === undefined ? [`model ${ModelName} was deleted`] : marketplaceFaults(model, accountOf(EndpointArn))));
  }
  return faults;
}

function configurationFaults(config: DescribeEndpointConfigCommandOutput, expected: string): string[] {
  const { EndpointConfigName, ProductionVariants = [], ShadowProductionVariants = [] } = config;
  const faults = ProductionVariants.flatMap((variant) => variantFaults(variant, expected));
  if (ProductionVariants.length !== 1) faults.push(`${EndpointConfigName} has ${ProductionVariants.length} production variants, not one`);
  if (ShadowProductionVariants.length > 0) faults.push(`${EndpointConfigName} has a shadow variant`);
  return faults;
}

function variantFaults(variant: ProductionVariant, expected: string): string[] {
  const { VariantName, ModelName, InstanceType = "", InitialInstanceCount = 0, ServerlessConfig, AcceleratorType } = variant;
  const faults: string[] = [];
  if (VariantName !== expected) faults.push(`its variant is called ${VariantName}, not ${expected}`);
  if (ModelName === undefined) faults.push(`variant ${VariantName} hosts inference components`);
  if (ServerlessConfig !== undefined) faults.push(`variant ${VariantName} is serverless`);
  else if (InitialInstanceCount < 2) faults.push(`variant ${VariantName} has ${InitialInstanceCount} instance, fewer than two`);
  if (isInferentia(InstanceType)) faults.push(`variant ${VariantName} runs on ${InstanceType}`);
  if (AcceleratorType !== undefined) faults.push(`variant ${VariantName} uses Elastic Inference (${AcceleratorType})`);
  return faults;
}

/** What stands in the account's own model registry is ours; a package of another account was bought. */
function marketplaceFaults(
  { ModelName, PrimaryContainer, Containers = [] }: DescribeModelCommandOutput,
  account: string | undefined,
): string[] {
  return [...(PrimaryContainer ? [PrimaryContainer] : []), ...Containers]
    .map(({ ModelPackageName }) => ModelPackageName)
    .filter((name) => name?.startsWith("arn:") && accountOf(name) !== account)
    .map((name) => `model ${ModelName} comes from the Marketplace (${name})`);
}

function isInferentia(instanceType: string): boolean {
  return instanceType.startsWith("ml.inf1.");
}

function accountOf(arn: string | undefined): string | undefined {
  return arn?.split(":")[4];
}
