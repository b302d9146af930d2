import type { DeploymentConfig } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { Rollout, type RolloutOptions } from "./rollout.ts";

const second = 1000;

const canary: DeploymentConfig = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: "CANARY", CanarySize: { Type: "INSTANCE_COUNT", Value: 1 }, WaitIntervalInSeconds: 60 },
    TerminationWaitInSeconds: 20,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: "silent" }] },
};

/** One update of an endpoint of two instances, whose fleet takes 10 s to come up, and what became of its traffic. */
function rolledOut(given: Partial<RolloutOptions>, seconds = 200) {
  const shares: string[] = [];
  const rollout = new Rollout({
    config: "new",
    deployment: canary,
    instances: 2,
    course: { seconds: 10, ends: "comes-up" },
    started: 0,
    fault: () => undefined,
    alarmed: () => undefined,
    shift: (share, now) => shares.push(`${share} at ${now / second} s`),
    ...given,
  });
  rollout.proceed(seconds * second);
  return { shares, ended: rollout.ended, stage: rollout.stage };
}

test("a canary bakes, then the rest follows, and the old fleet is kept for a while", () => {
  expect(rolledOut({})).toMatchObject({ shares: ["0.5 at 10 s", "1 at 70 s"], ended: { time: 90 * second } });
});

test("without a policy everything goes over at once", () => {
  expect(rolledOut({ deployment: undefined })).toMatchObject({ shares: ["1 at 10 s"], ended: { time: 10 * second } });
});

test("an alarm while the canary bakes brings everything back within a second", () => {
  const { shares, ended } = rolledOut({ alarmed: (_, now) => (now >= 30 * second ? "silent" : undefined) });
  expect(shares).toEqual(["0.5 at 10 s", "0 at 30 s"]);
  expect(ended?.because).toContain("alarms are in ALARM state: silent");
});

test("an alarm that is up from the start lets no traffic go over", () => {
  expect(rolledOut({ alarmed: () => "silent" }).shares).toEqual(["0 at 1 s"]);
});

test("alarms that the order does not name do nothing", () => {
  const { AutoRollbackConfiguration, ...unheld } = canary;
  expect(rolledOut({ deployment: unheld, alarmed: (names) => names.find((name) => name === "silent") }).ended?.because).toBeUndefined();
});

test("a fleet that does not come up never has traffic", () => {
  expect(rolledOut({ fault: () => "no ping" })).toMatchObject({ shares: ["0 at 10 s"], ended: { because: "no ping" } });
});

test("its stage shows while it is on its way", () => {
  expect(rolledOut({}, 5).stage).toBe("Creating");
  expect(rolledOut({}, 30)).toMatchObject({ stage: "Baking", ended: undefined });
});
