import { type DeploymentConfig, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { type CanarySettings, terminationWaitSeconds } from "@falconry/model/canary.ts";

/** What the fleets may take to come up, beside the waits that we ask for. */
const provisioningSeconds = 3600;

/**
 * Orders SageMaker to bring the endpoint to a configuration.
 *
 * @param canary how it bakes, under both alarms (D4); absent, all of the traffic goes over at once, and no alarm stops it
 */
export async function updateEndpoint(
  { sagemaker }: Pick<Environment, "sagemaker">,
  endpoint: EndpointSettings,
  config: string,
  canary?: CanarySettings,
): Promise<void> {
  const DeploymentConfig = canary === undefined ? atOnce : baking(endpoint, canary);
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: endpoint.name, EndpointConfigName: config, DeploymentConfig }));
}

const atOnce: DeploymentConfig = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 },
    TerminationWaitInSeconds: 0,
  },
};

function baking({ alarms }: EndpointSettings, canary: CanarySettings): DeploymentConfig {
  const { instances, maxBakeSeconds } = canary;
  const terminationSeconds = terminationWaitSeconds(canary);
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: "CANARY",
        CanarySize: { Type: "INSTANCE_COUNT", Value: instances },
        WaitIntervalInSeconds: maxBakeSeconds,
      },
      TerminationWaitInSeconds: terminationSeconds,
      MaximumExecutionTimeoutInSeconds: maxBakeSeconds + terminationSeconds + provisioningSeconds,
    },
    AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarms.silent }, { AlarmName: alarms.unhealthy }] },
  };
}
