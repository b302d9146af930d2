import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  PutMetricDataCommand,
  ResourceNotFoundException,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { metricNamespace } from "@falconry/model/serving-metrics.ts";
import { type AlarmRule, isUp, type Point } from "./alarm.ts";
import type { Clock } from "./clock.ts";
import type { Span, Traffic, Window } from "./traffic.ts";

type State = "OK" | "ALARM";

/** Small, so that what is asked for comes in several pages. */
const pageResults = 80;
/** CloudWatch lists what had data of late. */
const listedMilliseconds = 600_000;

/** CloudWatch with the two alarms of one endpoint, and the metrics that its containers write. */
export class Monitoring {
  /** Heartbeats that arrived, in milliseconds since the epoch. */
  readonly #points: Record<string, Point[]> = { [heartbeatMetric]: [], [unhealthyMetric]: [] };
  /** States that were set by hand: they last until CloudWatch evaluates the alarm again. */
  readonly #set = new Map<string, { state: State; until: number }>();
  readonly #endpoint: string;
  readonly #rules: readonly AlarmRule[];
  readonly #clock: Clock;
  readonly #traffic: Traffic;
  readonly #spans: () => readonly Span[];

  /** @param spans who took which share of the endpoint's requests so far */
  constructor(endpoint: string, rules: readonly AlarmRule[], clock: Clock, traffic: Traffic, spans: () => readonly Span[]) {
    this.#endpoint = endpoint;
    this.#rules = rules;
    this.#clock = clock;
    this.#traffic = traffic;
    this.#spans = spans;
  }

  answer(command: object): object {
    if (command instanceof PutMetricDataCommand) return this.#put(command.input);
    if (command instanceof SetAlarmStateCommand) return this.#setState(command.input);
    if (command instanceof DescribeAlarmsCommand) return this.#describe(command.input.AlarmNames ?? []);
    if (command instanceof GetMetricDataCommand) return this.#data(command.input);
    if (command instanceof ListMetricsCommand) return this.#list(command.input);
    throw new Error(`the simulated CloudWatch has no ${command.constructor.name}`);
  }

  knows(alarm: string): boolean {
    return this.#rules.some(({ name }) => name === alarm);
  }

  /** @returns undefined where there is no such alarm */
  stateAt(alarm: string, now: number): State | undefined {
    const rule = this.#rules.find(({ name }) => name === alarm);
    if (rule === undefined) return undefined;
    const set = this.#set.get(alarm);
    if (set !== undefined && now < set.until) return set.state;
    return isUp(rule, this.#points[rule.metric] ?? [], now) ? "ALARM" : "OK";
  }

  #put({ Namespace, MetricData = [] }: PutMetricDataCommand["input"]): object {
    for (const { MetricName = "", Dimensions = [], Value = 0, Timestamp } of MetricData) {
      const points = this.#points[MetricName];
      const isOurs = Namespace === rolloutNamespace && Dimensions.length === 1 && Dimensions[0]?.Value === this.#endpoint;
      if (points === undefined || !isOurs) throw new Error(`nobody watches ${Namespace} ${MetricName}`);
      points.push({ time: Timestamp?.getTime() ?? this.#clock.milliseconds, value: Value });
      points.sort((one, other) => one.time - other.time);
    }
    return {};
  }

  #setState({ AlarmName = "", StateValue }: SetAlarmStateCommand["input"]): object {
    const rule = this.#rules.find(({ name }) => name === AlarmName);
    if (rule === undefined) throw new ResourceNotFoundException({ message: `no alarm ${AlarmName}`, $metadata: {} });
    const period = rule.period * 1000;
    const until = (Math.floor(this.#clock.milliseconds / period) + 1) * period;
    this.#set.set(AlarmName, { state: StateValue === "ALARM" ? "ALARM" : "OK", until });
    return {};
  }

  #describe(names: readonly string[]): object {
    const MetricAlarms = this.#rules
      .filter(({ name }) => names.includes(name))
      .map((rule) => ({
        AlarmName: rule.name,
        StateValue: this.stateAt(rule.name, this.#clock.milliseconds),
        Namespace: rolloutNamespace,
        MetricName: rule.metric,
        Dimensions: [{ Name: "Endpoint", Value: this.#endpoint }],
        Statistic: rule.statistic,
        ComparisonOperator: rule.breaches === "below" ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
        Threshold: rule.threshold,
        TreatMissingData: rule.missing,
        EvaluationPeriods: rule.evaluationPeriods,
        DatapointsToAlarm: rule.datapointsToAlarm,
        Period: rule.period,
      }));
    return { MetricAlarms };
  }

  #data({ MetricDataQueries = [], StartTime, EndTime, NextToken = "0" }: GetMetricDataCommand["input"]): object {
    const first = Number(NextToken);
    const [from, to] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0];
    const windows = new Map<string, Window[]>();
    const MetricDataResults = MetricDataQueries.slice(first, first + pageResults).map((query) => {
      const version = query.MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === "ModelVersion")?.Value ?? "";
      // Points are stamped with the end of their window; a query takes those from its start up to, and without, its end.
      const found = windows.get(version) ?? this.#windows(version, from - 1, to - 1);
      windows.set(version, found);
      return resultOf(query, found);
    });
    return { MetricDataResults, ...(first + pageResults < MetricDataQueries.length && { NextToken: String(first + pageResults) }) };
  }

  #list({ Namespace, Dimensions = [], NextToken = "0" }: ListMetricsCommand["input"]): object {
    if (Namespace !== metricNamespace) throw new Error(`nobody lists ${Namespace}`);
    const asked = Dimensions.find(({ Name }) => Name === "ModelVersion")?.Value;
    const versions = asked === undefined ? [...new Set(this.#spans().map(({ version }) => version))] : [asked];
    const all = versions.flatMap((version) => {
      const names = new Set(
        this.#windows(version, this.#clock.milliseconds - listedMilliseconds, this.#clock.milliseconds).flatMap(({ metrics }) =>
          Object.keys(metrics),
        ),
      );
      const own = [
        { Name: "Endpoint", Value: this.#endpoint },
        { Name: "ModelVersion", Value: version },
      ];
      return [...names].map((MetricName) => ({ Namespace, MetricName, Dimensions: own }));
    });
    const first = Number(NextToken);
    return {
      Metrics: all.slice(first, first + pageResults),
      ...(first + pageResults < all.length && { NextToken: String(first + pageResults) }),
    };
  }

  #windows(version: string, from: number, to: number): Window[] {
    const spans = this.#spans();
    const served = spans.filter((span) => span.version === version);
    const begin = Math.min(...served.map((span) => span.from));
    return this.#traffic.windows(spans, version, Math.max(from, begin), to, this.#clock.milliseconds);
  }
}

function resultOf({ Id, Label, MetricStat }: MetricDataQuery, windows: readonly Window[]): object {
  const { Metric, Period = 60 } = MetricStat ?? {};
  const period = Period * 1000;
  const sums = new Map<number, number>();
  for (const { end, metrics } of windows) {
    const value = metrics[Metric?.MetricName ?? ""];
    const start = Math.floor(end / period) * period;
    if (value !== undefined) sums.set(start, (sums.get(start) ?? 0) + value);
  }
  const found = [...sums].sort(([one], [other]) => one - other);
  return { Id, Label, StatusCode: "Complete", Timestamps: found.map(([time]) => new Date(time)), Values: found.map(([, value]) => value) };
}
