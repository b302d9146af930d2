import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../clock.ts";
import { historyOfAlarm, isEmulatorsOwn } from "./emulator-evaluation.ts";
import { type AlarmRule, type AlarmState, type Datapoint, evaluateAlarm, evaluationRange, isComparison } from "./evaluate-alarm.ts";

/** How often alarms are evaluated; their states are read at every look. */
const evaluateEveryMilliseconds = 1_000;

/**
 * Evaluates the alarms that one deployment names, as CloudWatch would, and tells which of them are in ALARM: an emulator evaluates
 * none in time. Alarms without a metric of their own (composite, metric math) are read only.
 */
export class AlarmWatch {
  readonly #cloudwatch: CloudWatchClient;
  readonly #names: string[];
  readonly #since: Date;
  readonly #clock: Clock;
  #evaluated = Number.NEGATIVE_INFINITY;

  /** @param since when the deployment began: a state that is older is evaluated before it counts */
  constructor(cloudwatch: CloudWatchClient, names: string[], since: Date, clock: Clock) {
    this.#cloudwatch = cloudwatch;
    this.#names = names;
    // The emulator's timestamps are whole seconds.
    this.#since = new Date(Math.floor(since.getTime() / 1000) * 1000);
    this.#clock = clock;
  }

  /**
   * @returns the named alarms that are in ALARM, or that do not exist, with the reason
   * @throws where CloudWatch does not answer
   */
  async look(): Promise<string[]> {
    if (this.#names.length === 0) return [];
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.#cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: this.#names, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
    );
    const known = new Set([...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName));
    const tripped = this.#names.filter((name) => !known.has(name)).map((name) => `${name} (does not exist)`);
    for (const alarm of CompositeAlarms) if (alarm.StateValue === "ALARM") tripped.push(shown(alarm.AlarmName, alarm.StateReason));
    for (const alarm of MetricAlarms) {
      const reason = await this.#standing(alarm);
      if (reason !== undefined) tripped.push(shown(alarm.AlarmName, reason));
    }
    return tripped.length > 0 ? tripped : this.#evaluate(MetricAlarms);
  }

  /** Why the alarm was put into ALARM since the deployment began, by somebody else; also where nobody can evaluate it. */
  async #standing(alarm: MetricAlarm): Promise<string | undefined> {
    if (isEmulatorsOwn(alarm.StateReason)) return this.#overwritten(alarm);
    if (alarm.StateValue !== "ALARM") return undefined;
    const isNew = (alarm.StateUpdatedTimestamp ?? this.#since) >= this.#since;
    return isNew || watchedMetric(alarm) === undefined ? (alarm.StateReason ?? "") : undefined;
  }

  /** The emulator evaluates alarms in its own way when a metric is put; what it overwrote stands in the history. */
  async #overwritten({ AlarmName }: MetricAlarm): Promise<string | undefined> {
    const { AlarmHistoryItems = [] } = await this.#cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "StateUpdate", StartDate: this.#since }),
    );
    return AlarmHistoryItems.map(historyOfAlarm).find(({ state, reason }) => state === "ALARM" && !isEmulatorsOwn(reason))?.reason;
  }

  async #evaluate(alarms: readonly MetricAlarm[]): Promise<string[]> {
    const now = this.#clock.now();
    if (now.getTime() - this.#evaluated < evaluateEveryMilliseconds) return [];
    const watched = alarms.map(watchedMetric).filter((metric) => metric !== undefined);
    const tripped: string[] = [];
    for (const metric of watched) {
      const range = await this.#datapoints(metric, now);
      const { state, reason } = evaluateAlarm(metric.rule, range, metric.state);
      const isStale = state !== metric.state || isEmulatorsOwn(metric.stateReason);
      if (isStale) {
        await this.#cloudwatch.send(new SetAlarmStateCommand({ AlarmName: metric.name, StateValue: state, StateReason: reason }));
      }
      if (state === "ALARM") tripped.push(shown(metric.name, reason));
    }
    this.#evaluated = now.getTime();
    return tripped;
  }

  /** The evaluation range: complete periods, and the running one as soon as it holds data. */
  async #datapoints({ query, period, rule }: WatchedMetric, now: Date): Promise<Datapoint[]> {
    const length = evaluationRange(rule);
    const running = Math.floor(now.getTime() / period) * period;
    const { MetricDataResults = [] } = await this.#cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [query],
        StartTime: new Date(running - length * period),
        EndTime: new Date(running + period),
      }),
    );
    const [result] = MetricDataResults;
    const values = new Map(result?.Timestamps?.map((start, index) => [start.getTime(), result.Values?.[index]]));
    const last = values.has(running) ? running : running - period;
    return Array.from({ length }, (_, index) => {
      const start = last - (length - 1 - index) * period;
      return { start: new Date(start), value: values.get(start) };
    });
  }
}

interface WatchedMetric {
  name: string;
  state: AlarmState;
  stateReason: string | undefined;
  rule: AlarmRule;
  query: MetricDataQuery;
  /** Milliseconds. */
  period: number;
}

const treatments: readonly AlarmRule["treatMissingData"][] = ["missing", "breaching", "notBreaching", "ignore"];

/** @returns undefined where the alarm watches no single metric, or compares with something other than a threshold */
function watchedMetric(alarm: MetricAlarm): WatchedMetric | undefined {
  const { AlarmName, StateValue, Namespace, MetricName, Dimensions, Period, EvaluationPeriods, Threshold, ComparisonOperator } = alarm;
  const Stat = alarm.ExtendedStatistic ?? alarm.Statistic;
  if (AlarmName === undefined || StateValue === undefined || !Namespace || !MetricName || Stat === undefined) return undefined;
  if (Period === undefined || EvaluationPeriods === undefined || Threshold === undefined) return undefined;
  if (ComparisonOperator === undefined || !isComparison(ComparisonOperator)) return undefined;
  return {
    name: AlarmName,
    state: StateValue,
    stateReason: alarm.StateReason,
    rule: {
      comparison: ComparisonOperator,
      threshold: Threshold,
      evaluationPeriods: EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm ?? EvaluationPeriods,
      treatMissingData: treatments.find((treatment) => treatment === alarm.TreatMissingData) ?? "missing",
    },
    query: { Id: "m", MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } },
    period: Period * 1000,
  };
}

function shown(name: string | undefined, reason: string | undefined): string {
  return `${name} (${reason || "no reason given"})`;
}
