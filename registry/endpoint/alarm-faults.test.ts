import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { expect, test } from "vitest";
import { alarmFaults } from "./alarm-faults.ts";

const endpoint = { name: "dev-falcon", alarms: { silent: "dev-falcon-silent", unhealthy: "dev-falcon-unhealthy" } };
const watch = { Namespace: rolloutNamespace, Dimensions: [{ Name: "Endpoint", Value: "dev-falcon" }], EvaluationPeriods: 1, Threshold: 1 };
const silent: MetricAlarm = {
  ...watch,
  MetricName: heartbeatMetric,
  Statistic: "Sum",
  ComparisonOperator: "LessThanThreshold",
  TreatMissingData: "breaching",
  Period: 20,
};
const unhealthy: MetricAlarm = {
  ...watch,
  MetricName: unhealthyMetric,
  Statistic: "Maximum",
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  TreatMissingData: "notBreaching",
  Period: 10,
};
const faultsOf = (changes: { silent?: MetricAlarm; unhealthy?: MetricAlarm }) =>
  alarmFaults({ silent: { ...silent, ...changes.silent }, unhealthy: { ...unhealthy, ...changes.unhealthy } }, endpoint, {
    silenceToAlarmSeconds: 80,
  });

test("alarms as infrastructure makes them hold a canary", () => expect(faultsOf({})).toEqual([]));

test.each<[string, Parameters<typeof faultsOf>[0], string]>([
  ["missing heartbeats do not count", { silent: { TreatMissingData: "notBreaching" } }, "TreatMissingData is notBreaching, not breaching"],
  ["it was made for a longer silence", { silent: { Period: 60 } }, "its period of 60 s is longer than silenceToAlarmSeconds / 4 of 80 s"],
  ["it counts several periods", { silent: { EvaluationPeriods: 3 } }, "EvaluationPeriods is 3, not 1"],
  ["it hears of other endpoints", { silent: { Dimensions: [{ Name: "Endpoint", Value: "dev-flights" }] } }, "it watches another endpoint"],
  ["it hears of all endpoints", { unhealthy: { Dimensions: [] } }, "it watches another endpoint"],
  ["it watches something else", { unhealthy: { MetricName: "Errors" } }, "MetricName is Errors, not Unhealthy"],
  ["it is never reached", { unhealthy: { Threshold: 5 } }, "Threshold is 5, not 1"],
])("an alarm holds none where %s", (_, changes, fault) => {
  const kind = changes.silent === undefined ? "unhealthy" : "silent";
  expect(faultsOf(changes)).toEqual([`alarm dev-falcon-${kind}: ${fault}`]);
});

test("an alarm that is not there holds none", () => {
  expect(alarmFaults({ silent: undefined, unhealthy }, endpoint, { silenceToAlarmSeconds: 80 })).toEqual([
    "CloudWatch has no alarm dev-falcon-silent",
  ]);
});
