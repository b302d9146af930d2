import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import { type CanarySettings, periodsToAlarm } from "@falconry/model/canary.ts";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";

type Watch = Pick<MetricAlarm, "Namespace" | "MetricName" | "Statistic" | "ComparisonOperator" | "Threshold" | "TreatMissingData">;

/** What an alarm must watch so that it holds a canary (D4): it may have been edited by hand, or made for other settings than the promotion's. */
const watches: Record<keyof EndpointSettings["alarms"], Watch> = {
  silent: {
    Namespace: rolloutNamespace,
    MetricName: heartbeatMetric,
    Statistic: "Sum",
    ComparisonOperator: "LessThanThreshold",
    Threshold: 1,
    TreatMissingData: "breaching",
  },
  unhealthy: {
    Namespace: rolloutNamespace,
    MetricName: unhealthyMetric,
    Statistic: "Maximum",
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    Threshold: 1,
    TreatMissingData: "notBreaching",
  },
};

/** Why two alarms as they stand could not roll a canary of the endpoint back, or not in time. */
export function alarmFaults(
  alarms: Record<keyof EndpointSettings["alarms"], MetricAlarm | undefined>,
  endpoint: Pick<EndpointSettings, "name" | "alarms">,
  { silenceToAlarmSeconds }: Pick<CanarySettings, "silenceToAlarmSeconds">,
): string[] {
  return (["silent", "unhealthy"] as const).flatMap((kind) => {
    const alarm = alarms[kind];
    if (alarm === undefined) return [`CloudWatch has no alarm ${endpoint.alarms[kind]}`];
    const faults = watchFaults(alarm, { ...watches[kind] });
    const [dimension, ...others] = alarm.Dimensions ?? [];
    if (dimension?.Name !== "Endpoint" || dimension.Value !== endpoint.name || others.length > 0)
      faults.push("it watches another endpoint");
    if (alarm.EvaluationPeriods !== 1) faults.push(`EvaluationPeriods is ${alarm.EvaluationPeriods}, not 1`);
    const { Period = Number.POSITIVE_INFINITY } = alarm;
    if (kind === "silent" && Period * periodsToAlarm > silenceToAlarmSeconds) {
      faults.push(`its period of ${Period} s is longer than silenceToAlarmSeconds / ${periodsToAlarm} of ${silenceToAlarmSeconds} s`);
    }
    return faults.map((fault) => `alarm ${endpoint.alarms[kind]}: ${fault}`);
  });
}

function watchFaults(alarm: MetricAlarm, expected: Record<string, unknown>): string[] {
  const found: Record<string, unknown> = { ...alarm };
  return Object.entries(expected)
    .filter(([member, value]) => found[member] !== value)
    .map(([member, value]) => `${member} is ${found[member]}, not ${value}`);
}
