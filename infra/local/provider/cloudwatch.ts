import {
  type ComparisonOperator,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type Statistic,
} from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { resourceType } from "./resource-type.ts";

/** The emulator keeps alarms; the endpoint host evaluates them. */
export const cloudwatchMetricAlarm = resourceType({
  token: "aws:cloudwatch/metricAlarm:MetricAlarm",
  inputs: z.strictObject({
    name: z.string().optional(),
    alarmDescription: z.string().optional(),
    namespace: z.string(),
    metricName: z.string(),
    dimensions: z.record(z.string(), z.string()).optional(),
    statistic: z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"] satisfies Statistic[]),
    comparisonOperator: z.enum([
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
      "LessThanOrEqualToThreshold",
      "LessThanThreshold",
    ] satisfies ComparisonOperator[]),
    threshold: z.number(),
    period: z.number().int(),
    evaluationPeriods: z.number().int(),
    datapointsToAlarm: z.number().int().optional(),
    treatMissingData: z.enum(["missing", "ignore", "breaching", "notBreaching"]).optional(),
  }),
  replaceOn: ["name"],
  async create({ name, dimensions = {}, ...alarm }, { clients, automaticName }) {
    const AlarmName = name ?? automaticName;
    await clients.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        AlarmDescription: alarm.alarmDescription,
        Namespace: alarm.namespace,
        MetricName: alarm.metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        Statistic: alarm.statistic,
        ComparisonOperator: alarm.comparisonOperator,
        Threshold: alarm.threshold,
        Period: alarm.period,
        EvaluationPeriods: alarm.evaluationPeriods,
        DatapointsToAlarm: alarm.datapointsToAlarm,
        TreatMissingData: alarm.treatMissingData,
      }),
    );
    const standing = await find(AlarmName, clients);
    return { id: AlarmName, outputs: { name: AlarmName, arn: standing?.AlarmArn } };
  },
  read: async (id, clients) => (await find(id, clients)) !== undefined,
  async delete(id, { cloudwatch }) {
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] }));
  },
});

async function find(name: string, { cloudwatch }: EmulatorClients) {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms[0];
}
