/** What CloudWatch needs of an alarm to judge data points. */
export interface AlarmRule {
  comparison: keyof typeof comparisons;
  threshold: number;
  /** N of "M out of N": how many of the latest data points count. */
  evaluationPeriods: number;
  /** M: how many of them must breach. */
  datapointsToAlarm: number;
  treatMissingData: "missing" | "breaching" | "notBreaching" | "ignore";
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** One period: its start, and the statistic in it; undefined where nothing was measured. */
export interface Datapoint {
  start: Date;
  value: number | undefined;
}

export interface Evaluation {
  state: AlarmState;
  /** In CloudWatch's words. */
  reason: string;
}

/**
 * CloudWatch looks back further than the evaluation periods, so that a few missing points do not matter. It does not say how far;
 * the tables of its documentation look at five points for three periods.
 */
const additionalPeriods = 2;

/** How many periods an alarm's state rests on. */
export function evaluationRange({ evaluationPeriods }: AlarmRule): number {
  return evaluationPeriods + additionalPeriods;
}

/**
 * State of an alarm for the data points of its evaluation range.
 *
 * Enough real points: the latest N of them decide. Too few: all of them, and as many missing ones as lack, taken as the alarm says.
 * Where every real point breaches and the oldest of them is at least M periods old, an alarm that treats missing data as missing
 * does not wait for more.
 *
 * @param range oldest first, {@link evaluationRange} points
 * @param current state before; what `ignore` keeps
 * @see "Configuring how CloudWatch alarms treat missing data" in the CloudWatch user guide
 */
export function evaluateAlarm(rule: AlarmRule, range: readonly Datapoint[], current: AlarmState): Evaluation {
  const real = range.filter((point): point is Measured => point.value !== undefined).slice(-rule.evaluationPeriods);
  const breaching = real.filter(({ value }) => comparisons[rule.comparison].breaches(value, rule.threshold)).length;
  if (breaching >= rule.datapointsToAlarm) return crossed("ALARM", rule, real);
  const lacking = rule.evaluationPeriods - real.length;
  if (lacking === 0) return crossed("OK", rule, real);
  const undecided = breaching === real.length;
  switch (rule.treatMissingData) {
    case "breaching":
      return breaching + lacking >= rule.datapointsToAlarm ? filled("ALARM", rule, lacking, "Breaching") : crossed("OK", rule, real);
    case "notBreaching":
      return filled("OK", rule, lacking, "NonBreaching");
    case "ignore":
      return undecided ? { state: current, reason: "Data is missing, and the alarm keeps its state." } : crossed("OK", rule, real);
    case "missing": {
      if (real.length === 0) return { state: "INSUFFICIENT_DATA", reason: insufficient(range.length) };
      const oldest = range.findIndex(({ value }) => value !== undefined);
      const isOld = range.length - oldest >= rule.datapointsToAlarm;
      return crossed(undecided && isOld ? "ALARM" : "OK", rule, real);
    }
  }
}

interface Measured extends Datapoint {
  value: number;
}

const comparisons = {
  GreaterThanThreshold: { breaches: (value: number, threshold: number) => value > threshold, words: "greater than" },
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value >= threshold,
    words: "greater than or equal to",
  },
  LessThanThreshold: { breaches: (value: number, threshold: number) => value < threshold, words: "less than" },
  LessThanOrEqualToThreshold: { breaches: (value: number, threshold: number) => value <= threshold, words: "less than or equal to" },
};

export function isComparison(operator: string): operator is AlarmRule["comparison"] {
  return Object.hasOwn(comparisons, operator);
}

function crossed(state: "OK" | "ALARM", rule: AlarmRule, real: readonly Measured[]): Evaluation {
  const { words } = comparisons[rule.comparison];
  const points = real
    .map(({ start, value }) => `${value} (${start.toISOString()})`)
    .reverse()
    .join(", ");
  const verb = state === "ALARM" ? "were" : "were not all";
  const needed = `minimum ${rule.datapointsToAlarm} out of ${rule.evaluationPeriods} to alarm`;
  return { state, reason: `Threshold Crossed: datapoints [${points}] ${verb} ${words} the threshold (${rule.threshold}) (${needed}).` };
}

function filled(state: "OK" | "ALARM", rule: AlarmRule, lacking: number, kind: string): Evaluation {
  const reason = `Threshold Crossed: ${lacking} of ${rule.evaluationPeriods} datapoints were missing and treated as [${kind}] (threshold ${rule.threshold}).`;
  return { state, reason };
}

function insufficient(points: number): string {
  return `Insufficient Data: ${points} datapoints were unknown.`;
}
