import { type ServiceError, validation } from "../service-error.ts";
import type { Deployment } from "../state.ts";
import { type CapacitySize, type DeploymentConfig, type TrafficRouting, trafficShifts } from "./deployment-config.ts";

/**
 * Refuses a policy that the two fleets cannot follow.
 *
 * @throws ServiceError ValidationException
 */
export function refuseUnfit(config: DeploymentConfig, live: Deployment, target: Deployment): void {
  if (live.variant.VariantName !== target.variant.VariantName) {
    throw unfit(
      `the production variants of endpoint configuration "${target.config}" (${target.variant.VariantName}) must have the same names as those of "${live.config}" (${live.variant.VariantName})`,
    );
  }
  const policy = config.BlueGreenUpdatePolicy;
  if (policy === undefined) return;
  refuseUnfitSizes(policy.TrafficRoutingConfiguration, live, target);
  const { TrafficRoutingConfiguration, TerminationWaitInSeconds = 0, MaximumExecutionTimeoutInSeconds = Number.POSITIVE_INFINITY } = policy;
  const waits = (trafficShifts(config, target.variant.InitialInstanceCount).length - 1) * TrafficRoutingConfiguration.WaitIntervalInSeconds;
  if (waits + TerminationWaitInSeconds >= MaximumExecutionTimeoutInSeconds) {
    throw unfit(
      `MaximumExecutionTimeoutInSeconds ${MaximumExecutionTimeoutInSeconds} must be larger than the total waiting time of ${waits + TerminationWaitInSeconds} seconds`,
    );
  }
}

function refuseUnfitSizes({ Type, CanarySize, LinearStepSize }: TrafficRouting, live: Deployment, target: Deployment): void {
  if (CanarySize !== undefined && Type !== "CANARY") throw unfit(`CanarySize must not be set for traffic routing type ${Type}`);
  if (LinearStepSize !== undefined && Type !== "LINEAR") throw unfit(`LinearStepSize must not be set for traffic routing type ${Type}`);
  if (Type === "ALL_AT_ONCE") return;
  const [member, size] = Type === "CANARY" ? ["CanarySize", CanarySize] : ["LinearStepSize", LinearStepSize];
  if (size === undefined) throw unfit(`${member} is required for traffic routing type ${Type}`);
  for (const { config, variant } of [live, target]) {
    if (variant.InitialInstanceCount >= 2) continue;
    throw unfit(
      `traffic routing type ${Type} needs at least 2 instances, and variant ${variant.VariantName} of "${config}" has ${variant.InitialInstanceCount}`,
    );
  }
  const percent = size.Type === "CAPACITY_PERCENT" ? size.Value : (100 * size.Value) / target.variant.InitialInstanceCount;
  if (percent > 50) throw unfit(`${member} of ${shown(size)} is larger than 50% of the variant's total instance count`);
  if (Type === "LINEAR" && percent < 10)
    throw unfit(`${member} of ${shown(size)} is smaller than 10% of the variant's total instance count`);
}

function shown({ Type, Value }: CapacitySize): string {
  return Type === "INSTANCE_COUNT" ? `${Value} instances` : `${Value}%`;
}

function unfit(reason: string): ServiceError {
  return validation(`Invalid DeploymentConfig: ${reason}.`);
}
