import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Deployment } from "../state.ts";
import { type DeploymentConfig, refuseUnfit, trafficShifts } from "./deployment-config.ts";

type Routing = NonNullable<DeploymentConfig["BlueGreenUpdatePolicy"]>["TrafficRoutingConfiguration"];

function config(routing: Partial<Routing>, policy: { TerminationWaitInSeconds?: number; MaximumExecutionTimeoutInSeconds?: number } = {}) {
  const TrafficRoutingConfiguration: Routing = { Type: "CANARY", WaitIntervalInSeconds: 60, ...routing };
  return { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration, ...policy } };
}

function deployment(instances: number, VariantName = "live"): Deployment {
  const variant = { VariantName, ModelName: "m", InitialInstanceCount: instances, InstanceType: "ml.m5.large" };
  return { config: `of-${instances}`, variant, container: { Image: "falconry/inference:1" } };
}

const percent = (Value: number) => ({ Type: "CAPACITY_PERCENT", Value }) as const;
const count = (Value: number) => ({ Type: "INSTANCE_COUNT", Value }) as const;

describe("traffic shifts to instances", () => {
  test.each<[string, Partial<Routing>, number, number[]]>([
    ["all at once", { Type: "ALL_AT_ONCE" }, 4, [4]],
    ["a canary by percent", { CanarySize: percent(50) }, 2, [1, 2]],
    ["a canary by percent that is no whole instance", { CanarySize: percent(10) }, 3, [1, 3]],
    ["a canary by count", { CanarySize: count(2) }, 5, [2, 5]],
    ["linear", { Type: "LINEAR", LinearStepSize: percent(25) }, 8, [2, 4, 6, 8]],
    ["linear with a rest", { Type: "LINEAR", LinearStepSize: count(2) }, 5, [2, 4, 5]],
  ])("%s", (_, routing, instances, shifts) => {
    expect(trafficShifts(config(routing), instances)).toEqual(shifts);
  });

  test("all at once where nothing is said", () => {
    expect(trafficShifts(undefined, 3)).toEqual([3]);
  });

  propertyTest.prop([fc.integer({ min: 2, max: 16 }), fc.integer({ min: 10, max: 50 }), fc.constantFrom("CANARY", "LINEAR")])(
    "and every shift is larger than the one before, the first at most half, the last all",
    (instances, share, Type) => {
      const size = Type === "CANARY" ? { CanarySize: percent(share) } : { LinearStepSize: percent(share) };
      const shifts = trafficShifts(config({ Type, ...size }), instances);
      expect(shifts[0]).toBeGreaterThanOrEqual(1);
      expect(shifts[0]).toBeLessThanOrEqual(instances / 2);
      expect(shifts).toEqual([...new Set(shifts)].sort((a, b) => a - b));
      expect(shifts.at(-1)).toBe(instances);
    },
  );
});

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
