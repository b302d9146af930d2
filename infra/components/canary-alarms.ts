import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { alarmPeriodSeconds, type CanarySettings } from "@falconry/model/canary.ts";
import { heartbeatMetric, type RolloutDimensions, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** CloudWatch's shortest period. A bad verdict should not wait longer, and one is enough. */
const SHORTEST_PERIOD_SECONDS = 10;

export interface CanaryAlarmsArgs {
  /** The workload, for what is said of a setting that does not fit. */
  workload: string;
  /** Name of the SageMaker endpoint. */
  endpointName: string;
  canary: CanarySettings;
  /** Whether an emulator stands for CloudWatch: it takes a period of any length, so that a canary bakes in seconds. @default false */
  emulated?: boolean;
}

/** The two alarms that hold a canary of one endpoint (D4): SageMaker rolls back when either is in ALARM. */
export class CanaryAlarms extends pulumi.ComponentResource {
  /** What the descriptor says of them. */
  readonly names: pulumi.Output<EndpointSettings["alarms"]>;
  readonly #name: string;

  /** @throws FalconryError `infra.alarm-period` */
  constructor(name: string, args: CanaryAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:endpoint:CanaryAlarms", name, {}, opts);
    this.#name = name;
    const period = silentPeriodSeconds(args);
    const names = alarmNames(args.endpointName);
    const dimensions: { [Name in keyof RolloutDimensions]: string } = { Endpoint: args.endpointName };
    const silent = this.#alarm("silent", {
      name: names.silent,
      alarmDescription: "No heartbeat: nobody watches over a deployment. In ALARM whenever none runs, and rightly so",
      metricName: heartbeatMetric,
      dimensions,
      statistic: "Sum",
      comparisonOperator: "LessThanThreshold",
      treatMissingData: "breaching",
      period,
    });
    const unhealthy = this.#alarm("unhealthy", {
      name: names.unhealthy,
      alarmDescription: "The deployment that runs is to be rolled back",
      metricName: unhealthyMetric,
      dimensions,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "notBreaching",
      period: Math.min(SHORTEST_PERIOD_SECONDS, period),
    });
    this.names = pulumi.output({ silent: silent.name, unhealthy: unhealthy.name });
    this.registerOutputs({ names: this.names });
  }

  #alarm(
    kind: keyof EndpointSettings["alarms"],
    args: Omit<aws.cloudwatch.MetricAlarmArgs, "evaluationPeriods">,
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      `${this.#name}-${kind}`,
      { namespace: rolloutNamespace, threshold: 1, evaluationPeriods: 1, datapointsToAlarm: 1, ...args },
      { parent: this },
    );
  }
}

/** Names of an endpoint's two alarms: the role that may set their state is granted them before they stand. */
export function alarmNames(endpointName: string): EndpointSettings["alarms"] {
  return { silent: `${endpointName}-silent`, unhealthy: `${endpointName}-unhealthy` };
}

/**
 * Period of the alarm `silent`.
 *
 * @throws FalconryError `infra.alarm-period` – CloudWatch takes 10, 20, 30 and multiples of 60
 */
export function silentPeriodSeconds({ workload, canary, emulated }: Omit<CanaryAlarmsArgs, "endpointName">): number {
  const period = alarmPeriodSeconds(canary);
  if (emulated || period === 10 || period === 20 || period === 30 || period % 60 === 0) return period;
  throw new FalconryError("infra.alarm-period", {
    message: `workload "${workload}", rollout.canary.silenceToAlarmSeconds: ${canary.silenceToAlarmSeconds} would give the alarm "silent" a period of ${period} s, which CloudWatch does not take`,
    hint: `Take 40, 80, 120 or a multiple of 240, in workloads/${workload}/workload.ts or in the stack's falconry:canary`,
  });
}
