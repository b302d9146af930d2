import {
  DescribeAlarmsCommand,
  type MetricAlarm,
  type MetricDatum,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { heartbeatMetric, type RolloutDimensions, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";

/** Absent: there is no such alarm. */
export interface AlarmStates {
  silent?: StateValue;
  unhealthy?: StateValue;
}

/**
 * Says that the deployment is watched over. Where this is not said, the alarm `silent` fires (D4).
 *
 * @param at when that was decided: one that the network holds up says nothing about the time when it arrives
 */
export function beat(environment: Environment, endpoint: EndpointSettings, at: Date): Promise<void> {
  return tell(environment, endpoint, { MetricName: heartbeatMetric, Value: 1, Timestamp: at });
}

/**
 * Has SageMaker roll the deployment under way back. The alarm is set as well: it would see the metric at its next evaluation, up to a minute later.
 * The metric keeps the alarm up where CloudWatch evaluates it between the two.
 */
export async function trip(environment: Environment, endpoint: EndpointSettings): Promise<void> {
  await tell(environment, endpoint, { MetricName: unhealthyMetric, Value: 1 });
  await environment.cloudwatch.send(
    new SetAlarmStateCommand({
      AlarmName: endpoint.alarms.unhealthy,
      StateValue: "ALARM",
      StateReason: "Falconry gave the deployment up: falconry history says why",
    }),
  );
}

/**
 * Takes back what {@link trip} left, for the next deployment: the one that it was for has ended. The metric keeps the alarm up for some periods, and a state that
 * was set would be taken back with the next evaluation: a point of a later period ends it for good. One of the same period is left out, because the period's
 * maximum stays what it is; an emulator that does not know periods would call the alarm OK for it, until somebody evaluates it properly in mid-deployment.
 *
 * @param at when that was decided
 */
export async function clear(environment: Environment, endpoint: EndpointSettings, at: Date): Promise<void> {
  const { unhealthy } = await describeAlarms(environment, endpoint);
  if (unhealthy !== undefined && isOfItsPeriod(unhealthy, at)) return;
  await tell(environment, endpoint, { MetricName: unhealthyMetric, Value: 0, Timestamp: at });
}

function isOfItsPeriod({ StateUpdatedTimestamp, Period }: MetricAlarm, at: Date): boolean {
  if (StateUpdatedTimestamp === undefined || Period === undefined) return false;
  const periodOf = (time: Date) => Math.floor(time.getTime() / (Period * 1000));
  return periodOf(at) <= periodOf(StateUpdatedTimestamp);
}

/** What CloudWatch last made of the two alarms. */
export async function alarmStates(environment: Environment, endpoint: Pick<EndpointSettings, "alarms">): Promise<AlarmStates> {
  const { silent, unhealthy } = await describeAlarms(environment, endpoint);
  return { ...(silent?.StateValue && { silent: silent.StateValue }), ...(unhealthy?.StateValue && { unhealthy: unhealthy.StateValue }) };
}

/** The two alarms as they stand. */
export async function describeAlarms(
  { cloudwatch }: Environment,
  { alarms }: Pick<EndpointSettings, "alarms">,
): Promise<{ silent: MetricAlarm | undefined; unhealthy: MetricAlarm | undefined }> {
  const { MetricAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [alarms.silent, alarms.unhealthy], AlarmTypes: ["MetricAlarm"] }),
  );
  const named = (name: string) => MetricAlarms.find(({ AlarmName }) => AlarmName === name);
  return { silent: named(alarms.silent), unhealthy: named(alarms.unhealthy) };
}

async function tell(
  { cloudwatch }: Environment,
  { name }: EndpointSettings,
  metric: Pick<MetricDatum, "MetricName" | "Value" | "Timestamp">,
): Promise<void> {
  const dimensions: RolloutDimensions = { Endpoint: name };
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: rolloutNamespace,
      MetricData: [
        {
          ...metric,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          Unit: "Count",
          StorageResolution: 1,
        },
      ],
    }),
  );
}
