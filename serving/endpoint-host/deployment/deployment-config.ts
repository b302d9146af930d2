import { z } from "zod";

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

export type TrafficRouting = z.infer<typeof trafficRouting>;
export type DeploymentConfig = z.infer<typeof deploymentConfig>;
export type CapacitySize = z.infer<typeof capacitySize>;

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

function instancesOf({ Type, Value }: CapacitySize, instances: number): number {
  return Type === "INSTANCE_COUNT" ? Value : Math.max(1, Math.floor((instances * Value) / 100));
}
