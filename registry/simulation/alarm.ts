/** What CloudWatch is told about an alarm. */
export interface AlarmRule {
  name: string;
  metric: string;
  /** Seconds. */
  period: number;
  statistic: "Sum" | "Maximum";
  /** The data point breaches where it is below the threshold, or where it reaches it. */
  breaches: "below" | "from";
  threshold: number;
  missing: "breaching" | "notBreaching";
  /** N and M of "M out of N". */
  evaluationPeriods: number;
  datapointsToAlarm: number;
}

export interface Point {
  /** Milliseconds since the epoch. */
  time: number;
  value: number;
}

/** CloudWatch looks back further than the periods that count, so that a few missing points do not matter. */
const additionalPeriods = 2;

/**
 * Whether an alarm is up at a moment: the latest N real points of its range decide; where there are fewer, missing ones are taken as the alarm says. The running
 * period counts as soon as it has data.
 *
 * @param points in the order of their times
 * @see "Configuring how CloudWatch alarms treat missing data", CloudWatch user guide
 */
export function isUp(rule: AlarmRule, points: readonly Point[], now: number): boolean {
  const period = rule.period * 1000;
  const running = Math.floor(now / period);
  const last = points.at(-1);
  const end = last !== undefined && Math.floor(last.time / period) === running ? running : running - 1;
  const values: number[] = [];
  for (let at = end; at > end - rule.evaluationPeriods - additionalPeriods && values.length < rule.evaluationPeriods; at--) {
    const value = statistic(rule, points, at * period, (at + 1) * period);
    if (value !== undefined) values.push(value);
  }
  const breaching = values.filter((value) => (rule.breaches === "below" ? value < rule.threshold : value >= rule.threshold)).length;
  const lacking = rule.missing === "breaching" ? rule.evaluationPeriods - values.length : 0;
  return breaching + lacking >= rule.datapointsToAlarm;
}

function statistic(rule: AlarmRule, points: readonly Point[], from: number, to: number): number | undefined {
  let found: number | undefined;
  for (let at = points.length - 1; at >= 0; at--) {
    const point = points[at];
    if (point === undefined || point.time < from) break;
    if (point.time < to) found = rule.statistic === "Sum" ? (found ?? 0) + point.value : Math.max(found ?? 0, point.value);
  }
  return found;
}
