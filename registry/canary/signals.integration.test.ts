import { randomUUID } from "node:crypto";
import { DeleteAlarmsCommand, GetMetricDataCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { alarmStates, beat, clear, describeAlarms, trip } from "./signals.ts";

let environment: Environment;
let endpoint: EndpointSettings;

beforeAll(async () => {
  environment = await openEnvironment("local");
});
afterAll(() => environment[Symbol.dispose]());

beforeEach(async () => {
  const name = `signals-${randomUUID()}`;
  const alarms = { silent: `${name}-silent`, unhealthy: `${name}-unhealthy` };
  endpoint = { name, variant: "live", instanceType: "ml.m5.large", instanceCount: 2, bootstrapConfig: "none", alarms, promotion: {} };
  const watches = { Namespace: rolloutNamespace, MetricName: unhealthyMetric, Dimensions: [{ Name: "Endpoint", Value: name }] };
  const rule = {
    Statistic: "Maximum",
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    Period: 10,
    EvaluationPeriods: 1,
  } as const;
  await environment.cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: alarms.unhealthy, ...watches, ...rule }));
});
afterEach(() => environment.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [endpoint.alarms.unhealthy] })));

/** How often a metric was put for the endpoint. */
async function counted(MetricName: string): Promise<number | undefined> {
  const Metric = { Namespace: rolloutNamespace, MetricName, Dimensions: [{ Name: "Endpoint", Value: endpoint.name }] };
  const { MetricDataResults } = await environment.cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: "m", MetricStat: { Metric, Period: 3600, Stat: "SampleCount" } }],
      StartTime: new Date(Date.now() - 7_200_000),
      EndTime: new Date(Date.now() + 3_600_000),
    }),
  );
  return MetricDataResults?.[0]?.Values?.reduce((sum, value) => sum + value, 0);
}

test("a heartbeat is put for the endpoint, and trips nothing", async () => {
  await beat(environment, endpoint, new Date());
  await beat(environment, endpoint, new Date());
  expect([await counted("Heartbeat"), await counted("Unhealthy")]).toEqual([2, 0]);
});

test("giving up puts the metric, and the alarm up at once", async () => {
  const { cloudwatch } = environment;
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: endpoint.alarms.unhealthy, StateValue: "OK", StateReason: "as it begins" }));
  await trip(environment, endpoint);
  expect(await counted("Unhealthy")).toBe(1);
  expect(await alarmStates(environment, endpoint)).toEqual({ unhealthy: "ALARM" });
});

test("what a return left is answered by a point of a later period, and no state is set: of its own period the alarm takes the greatest", async () => {
  await trip(environment, endpoint);
  const { unhealthy } = await describeAlarms(environment, endpoint);
  const inItsPeriod = unhealthy?.StateUpdatedTimestamp ?? new Date(Number.NaN);
  await clear(environment, endpoint, inItsPeriod);
  expect(await counted("Unhealthy")).toBe(1);
  await clear(environment, endpoint, new Date(inItsPeriod.getTime() + 10_000));
  expect(await counted("Unhealthy")).toBe(2);
  expect(await alarmStates(environment, endpoint)).toEqual({ unhealthy: "ALARM" });
});

test("an alarm that does not exist has no state", async () => {
  expect(await alarmStates(environment, { ...endpoint, alarms: { silent: "none", unhealthy: "neither" } })).toEqual({});
});
