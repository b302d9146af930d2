import { canarySettings } from "@falconry/model/canary.ts";
import { expect, test } from "vitest";
import { CanaryAlarms, type CanaryAlarmsArgs, silentPeriodSeconds } from "./canary-alarms.ts";
import { declared, ofType } from "./declared.fixture.ts";

test("no heartbeat for one period is an alarm, whatever CloudWatch knows otherwise: no news is bad news", async () => {
  const { silent } = await alarms();
  expect(silent).toEqual({
    name: "dev-falcon-silent",
    alarmDescription: expect.any(String),
    namespace: "Falconry/Rollout",
    metricName: "Heartbeat",
    dimensions: { Endpoint: "dev-falcon" },
    statistic: "Sum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    period: 60,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
  });
});

test("one bad verdict is an alarm within ten seconds; none is no alarm", async () => {
  const { unhealthy } = await alarms();
  expect(unhealthy).toEqual({
    name: "dev-falcon-unhealthy",
    alarmDescription: expect.any(String),
    namespace: "Falconry/Rollout",
    metricName: "Unhealthy",
    dimensions: { Endpoint: "dev-falcon" },
    statistic: "Maximum",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treatMissingData: "notBreaching",
    period: 10,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
  });
});

test.each([40, 80, 120, 240, 480])("a silence of %d s gives a period that CloudWatch takes", (silenceToAlarmSeconds) => {
  const canary = canarySettings({ silenceToAlarmSeconds });
  expect(silentPeriodSeconds({ workload: "falcon", canary })).toBe(silenceToAlarmSeconds / 4);
});

test("any other is refused, by the property's name", () => {
  const canary = canarySettings({ silenceToAlarmSeconds: 100 });
  expect(() => silentPeriodSeconds({ workload: "falcon", canary })).toThrow(
    expect.objectContaining({
      code: "infra.alarm-period",
      message: expect.stringContaining('workload "falcon", rollout.canary.silenceToAlarmSeconds: 100'),
    }),
  );
});

test("an emulator takes any, and then both alarms are as quick", async () => {
  const { silent, unhealthy } = await alarms({ emulated: true, canary: canarySettings({ silenceToAlarmSeconds: 4 }) });
  expect([silent?.period, unhealthy?.period]).toEqual([1, 1]);
});

async function alarms(args: Partial<CanaryAlarmsArgs> = {}) {
  const whole = { workload: "falcon", endpointName: "dev-falcon", canary: canarySettings({}), ...args };
  const all = await declared(() => new CanaryAlarms("falcon", whole));
  const inputs = (name: string) => ofType(all, "MetricAlarm").find((alarm) => alarm.name === name)?.inputs;
  return { silent: inputs("falcon-silent"), unhealthy: inputs("falcon-unhealthy") };
}
