import { z } from "zod";
import { validation } from "../service-error.ts";
import type { Deployment } from "../state.ts";

const capacitySize = z.strictObject({ Type: z.enum(["INSTANCE_COUNT", "CAPACITY_PERCENT"]), Value: z.number().int().min(1) });

const trafficRouting = z.strictObject({
  Type: z.enum(["ALL_AT_ONCE", "CANARY", "LINEAR"]),
  /** Between two shifts of traffic. */
  WaitIntervalInSeconds: z.number().int().min(0).max(3600),
  CanarySize: capacitySize.optional(),
  LinearStepSize: capacitySize.optional(),
});

/** SageMaker's DeploymentConfig with the limits that its API documents; a rolling update is not emulated. */
export const deploymentConfig = z.strictObject({
  BlueGreenUpdatePolicy: z
    .strictObject({
      TrafficRoutingConfiguration: trafficRouting,
      /** Between the last shift and the end of the old fleet. */
      TerminationWaitInSeconds: z.number().int().min(0).max(3600).optional(),
      MaximumExecutionTimeoutInSeconds: z.number().int().min(600).max(14_400).optional(),
    })
    .optional(),
  AutoRollbackConfiguration: z
    .strictObject({
      Alarms: z
        .array(
          z.strictObject({
            AlarmName: z
              .string()
              .max(255)
              .regex(/^(?!\s*$).+/),
          }),
        )
        .min(1)
        .max(10)
        .optional(),
    })
    .optional(),
});

export type DeploymentConfig = z.infer<typeof deploymentConfig>;
type CapacitySize = z.infer<typeof capacitySize>;

/** Names of the alarms that roll a deployment back. */
export function alarmNames(config: DeploymentConfig | undefined): string[] {
  return (config?.AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName }) => AlarmName);
}

/**
 * How many instances of the new fleet take traffic after each shift; the last shift is all of them. A share that is no whole number
 * of instances is cut, but never to none.
 */
export function trafficShifts(config: DeploymentConfig | undefined, instances: number): number[] {
  const { Type, CanarySize, LinearStepSize } = config?.BlueGreenUpdatePolicy?.TrafficRoutingConfiguration ?? { Type: "ALL_AT_ONCE" };
  const step = Type === "CANARY" ? CanarySize : Type === "LINEAR" ? LinearStepSize : undefined;
  if (step === undefined) return [instances];
  const size = instancesOf(step, instances);
  if (Type === "CANARY") return [size, instances];
  return Array.from({ length: Math.ceil(instances / size) }, (_, index) => Math.min(size * (index + 1), instances));
}

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

type TrafficRouting = z.infer<typeof trafficRouting>;

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

function instancesOf({ Type, Value }: CapacitySize, instances: number): number {
  return Type === "INSTANCE_COUNT" ? Value : Math.max(1, Math.floor((instances * Value) / 100));
}

function shown({ Type, Value }: CapacitySize): string {
  return Type === "INSTANCE_COUNT" ? `${Value} instances` : `${Value}%`;
}

function unfit(reason: string) {
  return validation(`Invalid DeploymentConfig: ${reason}.`);
}
