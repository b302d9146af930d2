import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type TrafficRouting, trafficShifts } from "./deployment-config.ts";

function config(routing: Partial<TrafficRouting>) {
  return { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "CANARY", WaitIntervalInSeconds: 60, ...routing } as const } };
}

const percent = (Value: number) => ({ Type: "CAPACITY_PERCENT", Value }) as const;
const count = (Value: number) => ({ Type: "INSTANCE_COUNT", Value }) as const;

describe("traffic shifts to instances", () => {
  test.each<[string, Partial<TrafficRouting>, number, number[]]>([
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
