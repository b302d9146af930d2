import { describe, expect, test } from "vitest";
import type { Deployment } from "../state.ts";
import type { DeploymentConfig, TrafficRouting } from "./deployment-config.ts";
import { refuseUnfit } from "./refuse-unfit.ts";

function config(
  routing: Partial<TrafficRouting>,
  policy: { TerminationWaitInSeconds?: number; MaximumExecutionTimeoutInSeconds?: number } = {},
) {
  const TrafficRoutingConfiguration: TrafficRouting = { Type: "CANARY", WaitIntervalInSeconds: 60, ...routing };
  return { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration, ...policy } };
}

function deployment(instances: number, VariantName = "live"): Deployment {
  const variant = { VariantName, ModelName: "m", InitialInstanceCount: instances, InstanceType: "ml.m5.large" };
  return { config: `of-${instances}`, variant, container: { Image: "falconry/inference:1" } };
}

const percent = (Value: number) => ({ Type: "CAPACITY_PERCENT", Value }) as const;
const count = (Value: number) => ({ Type: "INSTANCE_COUNT", Value }) as const;

describe("a policy that the fleets cannot follow is refused", () => {
  test.each<[string, DeploymentConfig, Deployment, Deployment]>([
    ["needs at least 2 instances", config({ CanarySize: percent(50) }), deployment(1), deployment(2)],
    ["needs at least 2 instances", config({ CanarySize: count(1) }), deployment(2), deployment(1)],
    ["CanarySize of 60% is larger than 50%", config({ CanarySize: percent(60) }), deployment(2), deployment(2)],
    ["CanarySize of 2 instances is larger than 50%", config({ CanarySize: count(2) }), deployment(3), deployment(3)],
    ["CanarySize is required", config({}), deployment(2), deployment(2)],
    ["LinearStepSize must not be set", config({ CanarySize: count(1), LinearStepSize: count(1) }), deployment(2), deployment(2)],
    [
      "LinearStepSize of 1 instances is smaller than 10%",
      config({ Type: "LINEAR", LinearStepSize: count(1) }),
      deployment(2),
      deployment(11),
    ],
    ["must have the same names", config({ CanarySize: percent(50) }), deployment(2, "blue"), deployment(2)],
    [
      "must be larger than the total waiting time of 660 seconds",
      config({ CanarySize: percent(50) }, { TerminationWaitInSeconds: 600, MaximumExecutionTimeoutInSeconds: 660 }),
      deployment(2),
      deployment(2),
    ],
  ])("%s", (message, policy, live, target) => {
    expect(() => refuseUnfit(policy, live, target)).toThrow(
      expect.objectContaining({ code: "ValidationException", message: expect.stringContaining(message) }),
    );
  });

  test("half of two instances is not", () => {
    expect(() => refuseUnfit(config({ CanarySize: percent(50) }), deployment(2), deployment(2))).not.toThrow();
  });
});
