import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { DeploymentConfig } from "@aws-sdk/client-sagemaker";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";
import { metricNamespace } from "@falconry/model/serving-metrics.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { fragileModel, PackagesInS3 } from "../testing/packages-in-s3.ts";
import { SteadyTraffic } from "../testing/steady-traffic.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";
import { isRunning } from "./process-record.ts";

const endpoint = `canary-${process.pid}`;
/** A deployment looks at the history of its alarms: each test has its own. */
let unhealthy: string;
let silent: string;
let tests = 0;

let packages: PackagesInS3;
let host: TemporaryHost;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  packages = await PackagesInS3.open("canary");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
  cloudwatch = new CloudWatchClient({ region: localRegionName, endpoint: packages.awsEndpointUrl, credentials: localCredentials });
  const model = await packages.putFairModel("fair");
  await host.driver.configure("one", model, { version: 1, instances: 2, endpoint });
  await host.driver.configure("two", model, { version: 2, instances: 2, endpoint });
  await host.driver.configure("fragile", await packages.putModel("fragile", fragileModel()), { version: 3, instances: 2, endpoint });
  await host.driver.configure("single", model, { version: 4, endpoint });
  await host.driver.create(endpoint, "one");
});

beforeEach(async () => {
  tests += 1;
  unhealthy = `${endpoint}-unhealthy-${tests}`;
  silent = `${endpoint}-silent-${tests}`;
  await putAlarm({ AlarmName: unhealthy, MetricName: "ServerErrors", ComparisonOperator: "GreaterThanThreshold", Threshold: 0 });
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: unhealthy, StateValue: "OK", StateReason: "a test begins" }));
});

// An alarm that is gone ends what still bakes.
afterEach(async () => {
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [unhealthy, silent] }));
  const { EndpointConfigName } = await host.driver.settled(endpoint);
  if (EndpointConfigName !== "one") await host.driver.update(endpoint, "one");
});

afterAll(async () => {
  cloudwatch.destroy();
  await host.close();
  await packages.close();
});

/** Half of the instances for some seconds, then all, then some seconds more. */
function canary(seconds: { wait: number; termination?: number }, ...alarms: string[]): DeploymentConfig {
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: "CANARY",
        WaitIntervalInSeconds: seconds.wait,
        CanarySize: { Type: "CAPACITY_PERCENT", Value: 50 },
      },
      TerminationWaitInSeconds: seconds.termination ?? 0,
    },
    AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) },
  };
}

/** On a metric of version 3 of this endpoint. */
async function putAlarm(
  alarm: Pick<PutMetricAlarmCommandInput, "AlarmName" | "MetricName" | "ComparisonOperator"> & {
    Threshold: number;
    TreatMissingData?: string;
  },
) {
  const Dimensions = [
    { Name: "Endpoint", Value: endpoint },
    { Name: "ModelVersion", Value: "3" },
  ];
  const rule = {
    Namespace: metricNamespace,
    Dimensions,
    Statistic: "Sum",
    Period: 1,
    EvaluationPeriods: 1,
    TreatMissingData: "notBreaching",
  } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ ...rule, ...alarm }));
}

async function putMetric(MetricName: string, Value: number, ModelVersion: string): Promise<void> {
  const Dimensions = [
    { Name: "Endpoint", Value: endpoint },
    { Name: "ModelVersion", Value: ModelVersion },
  ];
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: metricNamespace, MetricData: [{ MetricName, Dimensions, Value }] }));
}

test("a canary takes its share, then all of the traffic, and no request fails", async () => {
  const old = await host.containers(endpoint, 2);
  const callers = new SteadyTraffic(host.driver, endpoint);
  await host.driver.startUpdate(endpoint, "two", canary({ wait: 2, termination: 1 }, unhealthy));
  const baking = await host.driver.baking(endpoint, 0.5);
  expect(baking).toMatchObject({
    EndpointStatus: "Updating",
    EndpointConfigName: "one",
    ProductionVariants: [{ VariantName: "live", CurrentWeight: 0.5, CurrentInstanceCount: 2 }],
    PendingDeploymentSummary: {
      EndpointConfigName: "two",
      StartTime: expect.any(Date),
      ProductionVariants: [
        {
          VariantName: "live",
          CurrentWeight: 0.5,
          DesiredWeight: 1,
          CurrentInstanceCount: 2,
          DesiredInstanceCount: 2,
          InstanceType: "ml.m5.large",
        },
      ],
    },
    LastDeploymentConfig: canary({ wait: 2, termination: 1 }, unhealthy),
  });
  await expect(host.driver.startUpdate(endpoint, "one")).rejects.toThrow("Cannot update in-progress endpoint");
  await host.driver.baking(endpoint, 1);
  const settled = await host.driver.settled(endpoint);
  expect(settled).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "two" });
  expect(settled.FailureReason).toBeUndefined();
  expect(settled.PendingDeploymentSummary).toBeUndefined();
  const versions = await callers.stop();
  expect(new Set(versions)).toEqual(new Set([1, 2]));
  await vi.waitFor(() => expect(old.some(isRunning)).toBe(false), { timeout: 20_000 });
  expect(await host.driver.answeringVersion(endpoint)).toBe(2);
});

test("the canary's share of the requests is that of its instances", async () => {
  await host.driver.startUpdate(endpoint, "two", canary({ wait: 60 }, unhealthy));
  await host.driver.baking(endpoint, 0.5);
  const versions: number[] = [];
  for (let request = 0; request < 20; request += 1) versions.push(await host.driver.answeringVersion(endpoint));
  expect(versions.filter((version) => version === 2)).toHaveLength(10);
});

describe("an alarm returns everything to the old configuration, and no request fails", () => {
  test("while the canary bakes", async () => {
    const before = await host.containers(endpoint, 2);
    const callers = new SteadyTraffic(host.driver, endpoint);
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 60 }, unhealthy));
    await host.driver.baking(endpoint, 0.5);
    await trip();
    expect(await host.driver.settled(endpoint)).toMatchObject({
      EndpointStatus: "InService",
      EndpointConfigName: "one",
      FailureReason: expect.stringContaining(`alarms are in ALARM state: ${unhealthy} (somebody said so)`),
    });
    expect(await host.driver.answeringVersion(endpoint)).toBe(1);
    expect(new Set(await callers.stop())).toEqual(new Set([1, 2]));
    expect(await host.containers(endpoint, 2)).toEqual(before);
  });

  test("while the old fleet waits for its end", async () => {
    const callers = new SteadyTraffic(host.driver, endpoint);
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 0, termination: 60 }, unhealthy));
    await host.driver.baking(endpoint, 1);
    await trip();
    expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
    expect(await host.driver.answeringVersion(endpoint)).toBe(1);
    await callers.stop();
  });

  test("by what the challenger's containers count themselves", async () => {
    await host.driver.startUpdate(endpoint, "fragile", canary({ wait: 60 }, unhealthy));
    await host.driver.baking(endpoint, 0.5);
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => host.driver.answeringVersion(endpoint, 1)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(2);
    // Counts may arrive later than the alarm's second: it is the next ones, then, that are seen.
    let settled = false;
    const calls = (async () => {
      while (!settled) await Promise.allSettled([host.driver.answeringVersion(endpoint, 1), host.driver.answeringVersion(endpoint, 1)]);
    })();
    const after = await host.driver.settled(endpoint).finally(() => {
      settled = true;
    });
    await calls;
    expect(after).toMatchObject({
      EndpointConfigName: "one",
      FailureReason: expect.stringMatching(/in ALARM state: .*-unhealthy-\d+ \(Threshold Crossed: datapoints \[\d+ /),
    });
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [unhealthy] }));
    expect(MetricAlarms?.[0]?.StateValue).toBe("ALARM");
  });

  test("when a heartbeat falls silent", async () => {
    const heartbeat = { AlarmName: silent, MetricName: "Heartbeat", ComparisonOperator: "LessThanThreshold", Threshold: 1 } as const;
    await putAlarm({ ...heartbeat, TreatMissingData: "breaching" });
    await putMetric("Heartbeat", 1, "3");
    let beating = true;
    const heart = (async () => {
      while (beating) await putMetric("Heartbeat", 1, "3");
    })();
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 60 }, silent));
    await host.driver.baking(endpoint, 0.5);
    beating = false;
    await heart;
    expect(await host.driver.settled(endpoint)).toMatchObject({
      EndpointConfigName: "one",
      FailureReason: expect.stringContaining("missing and treated as [Breaching]"),
    });
  });

  test("although the emulator takes the alarm back when a metric is put", async () => {
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 60 }, unhealthy));
    await host.driver.baking(endpoint, 0.5);
    await trip();
    await putMetric("ServerErrors", 0, "3");
    expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
  });
});

describe("a deployment goes on", () => {
  test("though the emulator puts the alarm into ALARM for another version's metric", async () => {
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 2 }, unhealthy));
    await host.driver.baking(endpoint, 0.5);
    await putMetric("ServerErrors", 7, "1");
    expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "two" });
  });

  test("though an earlier one left the alarm in ALARM: it is evaluated first", async () => {
    await trip();
    // The emulator's timestamps are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await host.driver.startUpdate(endpoint, "two", canary({ wait: 0 }, unhealthy));
    expect(await host.driver.settled(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "two" });
  });
});

test("one instance, and an alarm that does not exist, are refused before anything happens", async () => {
  await expect(host.driver.startUpdate(endpoint, "single", canary({ wait: 0 }, unhealthy))).rejects.toThrow("needs at least 2 instances");
  await expect(host.driver.startUpdate(endpoint, "two", canary({ wait: 0 }, "nobody"))).rejects.toThrow(
    "Could not find the CloudWatch alarms [nobody]",
  );
  expect(await host.driver.describe(endpoint)).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
});

async function trip(): Promise<void> {
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: unhealthy, StateValue: "ALARM", StateReason: "somebody said so" }));
}
