import { setTimeout as pause } from "node:timers/promises";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { DeploymentConfig } from "@aws-sdk/client-sagemaker";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";
import { SteadyTraffic } from "../testing/steady-traffic.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";

// A canary under the two alarms of promotion (D4), with the periods of a laptop: a second each.
const endpoint = `guarded-${process.pid}`;
const alarms = { silent: `${endpoint}-silent`, unhealthy: `${endpoint}-unhealthy` };
const Dimensions = [{ Name: "Endpoint", Value: endpoint }];

/** The metric that tripped the alarm counts for its three periods, as it does at CloudWatch, whatever the alarm is set to. */
const tripCountsMilliseconds = 4_000;
let tripCountsUntil = 0;

let packages: PackagesInS3;
let host: TemporaryHost;
let cloudwatch: CloudWatchClient;
let heart: Heart;

beforeAll(async () => {
  packages = await PackagesInS3.open("guarded");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
  cloudwatch = new CloudWatchClient({ region: localRegionName, endpoint: packages.awsEndpointUrl, credentials: localCredentials });
  const model = await packages.putFairModel("fair");
  await host.driver.configure("champion", model, { version: 1, instances: 2, endpoint });
  await host.driver.configure("challenger", model, { version: 2, instances: 2, endpoint });
  const rule = { Namespace: rolloutNamespace, Dimensions, Period: 1, EvaluationPeriods: 1, Threshold: 1 } as const;
  const silent = { MetricName: heartbeatMetric, Statistic: "SampleCount", ComparisonOperator: "LessThanThreshold" } as const;
  const unhealthy = { MetricName: unhealthyMetric, Statistic: "Maximum", ComparisonOperator: "GreaterThanOrEqualToThreshold" } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ ...rule, ...silent, AlarmName: alarms.silent, TreatMissingData: "breaching" }));
  await cloudwatch.send(
    new PutMetricAlarmCommand({ ...rule, ...unhealthy, AlarmName: alarms.unhealthy, TreatMissingData: "notBreaching" }),
  );
  await host.driver.create(endpoint, "champion");
});

beforeEach(async () => {
  // The emulator tells in whole seconds when an alarm was set: what ended the test before must not lie in the first second of this one.
  await pause(Math.max(1_100, tripCountsUntil - Date.now()));
  heart = await Heart.start();
  await setUnhealthy("OK");
});

// A heart that stands still ends what still bakes.
afterEach(async () => {
  await heart.stop();
  const { EndpointConfigName } = await host.driver.settled(endpoint);
  if (EndpointConfigName !== "champion") await host.driver.update(endpoint, "champion");
});

afterAll(async () => {
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: Object.values(alarms) }));
  cloudwatch.destroy();
  await host.close();
  await packages.close();
});

/** Says that somebody watches, until it is stopped. */
class Heart {
  #beating = true;
  readonly #life: Promise<void>;

  private constructor() {
    this.#life = this.#live();
  }

  static async start(): Promise<Heart> {
    await put(heartbeatMetric);
    return new Heart();
  }

  async stop(): Promise<void> {
    this.#beating = false;
    await this.#life;
  }

  async #live(): Promise<void> {
    while (this.#beating) {
      await put(heartbeatMetric);
      await pause(200);
    }
  }
}

async function put(MetricName: string): Promise<void> {
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: rolloutNamespace, MetricData: [{ MetricName, Dimensions, Value: 1 }] }));
}

async function setUnhealthy(StateValue: "OK" | "ALARM"): Promise<void> {
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: alarms.unhealthy, StateValue, StateReason: "the judge said so" }));
}

/** What promotion does with a challenger that it gives up. */
async function trip(): Promise<void> {
  await put(unhealthyMetric);
  await setUnhealthy("ALARM");
  tripCountsUntil = Date.now() + tripCountsMilliseconds;
}

/** Seconds of the wait after the canary's share, and of that after the rest. */
function canary(seconds: { wait: number; termination: number }): DeploymentConfig {
  const CanarySize = { Type: "INSTANCE_COUNT", Value: 1 } as const;
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: "CANARY", WaitIntervalInSeconds: seconds.wait, CanarySize },
      TerminationWaitInSeconds: seconds.termination,
    },
    AutoRollbackConfiguration: { Alarms: Object.values(alarms).map((AlarmName) => ({ AlarmName })) },
  };
}

const longest = { wait: 3600, termination: 3600 };
const onChampion = { EndpointStatus: "InService", EndpointConfigName: "champion" };

test("a heartbeat carries a canary through its bake and its termination wait, and no request fails", async () => {
  const callers = new SteadyTraffic(host.driver, endpoint);
  await host.driver.startUpdate(endpoint, "challenger", canary({ wait: 9, termination: 4 }));
  const baking = (await host.driver.baking(endpoint, 0.5)).PendingDeploymentSummary;
  const completing = (await host.driver.baking(endpoint, 1)).PendingDeploymentSummary;
  expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "challenger" });
  const [since, until] = [baking, completing].map(
    (pending) => pending?.ProductionVariants?.[0]?.VariantStatus?.[0]?.StartTime?.getTime() ?? 0,
  );
  expect(Number(until) - Number(since)).toBeGreaterThanOrEqual(9_000);
  expect(baking?.StartTime).toEqual(completing?.StartTime);
  expect(new Set(await callers.stop())).toEqual(new Set([1, 2]));
});

describe("a heart that stands still brings everything back, and no request fails", () => {
  const silence = {
    ...onChampion,
    FailureReason: expect.stringContaining(`${alarms.silent} (Threshold Crossed: 1 of 1 datapoints were missing`),
  };

  test("while the new fleet comes up", async () => {
    await heart.stop();
    await host.driver.startUpdate(endpoint, "challenger", canary(longest));
    expect(await host.driver.settled(endpoint)).toMatchObject(silence);
  });

  test.each([
    ["while the canary bakes", longest, 0.5],
    ["while the old fleet waits for its end", { ...longest, wait: 0 }, 1],
  ])("%s", async (_, waits, share) => {
    const callers = new SteadyTraffic(host.driver, endpoint);
    await host.driver.startUpdate(endpoint, "challenger", canary(waits));
    await host.driver.baking(endpoint, share);
    await heart.stop();
    expect(await host.driver.settled(endpoint)).toMatchObject(silence);
    expect(await host.driver.answeringVersion(endpoint)).toBe(1);
    await callers.stop();
  });
});

test("a challenger that is given up while its containers start never answers", async () => {
  const callers = new SteadyTraffic(host.driver, endpoint);
  await host.driver.startUpdate(endpoint, "challenger", canary(longest));
  await trip();
  expect(await host.driver.settled(endpoint)).toMatchObject({ ...onChampion, FailureReason: expect.stringContaining(alarms.unhealthy) });
  expect(new Set(await callers.stop())).toEqual(new Set([1]));
});

test("when the champion is in service again, no answer of the challenger comes any more", async () => {
  const callers = new SteadyTraffic(host.driver, endpoint);
  await host.driver.startUpdate(endpoint, "challenger", canary(longest));
  await host.driver.baking(endpoint, 0.5);
  await trip();
  await host.driver.settled(endpoint);
  const before = callers.answered;
  // What was in flight at that moment may still come.
  const inFlight = 4;
  const versions = await callers.stop();
  expect(versions.slice(before + inFlight).filter((version) => version === 2)).toEqual([]);
  for (let request = 0; request < 8; request += 1) expect(await host.driver.answeringVersion(endpoint)).toBe(1);
});

test("an alarm that was set back to OK stops no later deployment", async () => {
  await host.driver.startUpdate(endpoint, "challenger", canary(longest));
  await trip();
  await host.driver.settled(endpoint);
  await setUnhealthy("OK");
  await pause(tripCountsUntil - Date.now());
  await host.driver.startUpdate(endpoint, "challenger", canary({ wait: 1, termination: 1 }));
  expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "challenger" });
});
