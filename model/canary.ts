import { z } from "zod";
import { metricWindowSeconds } from "./serving-metrics.ts";

const share = z.number().positive().max(1);
/** SageMaker's limit of WaitIntervalInSeconds and of TerminationWaitInSeconds. */
const maxWaitSeconds = 3600;

/** CloudWatch alarms after so many periods at the soonest: that of the last heartbeat, and three without one. When it looks is its own affair. */
export const periodsToAlarm = 4;

const settingsSchema = z.strictObject({
  /** Instances that serve the challenger while it bakes: at most half of the endpoint's. */
  instances: z.number().int().positive().default(1),
  /** Seconds that a container counts before it writes what it counted. */
  windowSeconds: z.number().int().positive().max(60).default(metricWindowSeconds),
  /** Seconds of traffic before there is a verdict. */
  minimumBakeSeconds: z.number().int().positive().max(maxWaitSeconds).default(120),
  /** Seconds after which a canary that was not found healthy is rolled back; SageMaker's wait interval. */
  maxBakeSeconds: z.number().int().positive().max(maxWaitSeconds).default(1800),
  /**
   * Seconds from the judge's last heartbeat to the alarm `silent`, {@link periodsToAlarm} of its periods, as CloudWatch documents them; it may be late by as much
   * again ({@link terminationWaitSeconds}).
   */
  silenceToAlarmSeconds: z
    .number()
    .int()
    .positive()
    .multipleOf(periodsToAlarm)
    .max(maxWaitSeconds / 2)
    .default(240),
  /** Fewest requests to champion and to challenger, each, that there is a verdict on. */
  minimumRequests: z.number().int().positive().default(300),
  /** A difference counts against the challenger where chance makes one as large in less than this share of cases. */
  significance: z.number().gt(0).max(0.1).default(0.001),
  /** How much larger the challenger's share of 5xx may be, and of probabilities that are none. */
  serverErrorMargin: share.default(0.01),
  /** How much larger the challenger's share of 4xx may be. */
  clientErrorMargin: share.default(0.02),
  /**
   * Cliff's delta of the latencies: how much more often a request to the challenger is the slower of two than the faster.
   * Above 0.33 an effect is called medium, above 0.474 large (Romano et al., 2006).
   */
  latencyEffect: share.default(0.33),
  /** How many times the champion's 90th percentile the challenger's may be. It is unhealthy only where `latencyEffect` is surpassed too. */
  latencyRatio: z.number().gt(1).default(1.5),
  /** Share of predictions whose class would have to change for both to predict alike (total variation). */
  classShift: share.default(0.1),
  /** The same of the predictions' probabilities. Two good models may well be differently sure. */
  probabilityShift: share.default(0.5),
  /** How much lower the challenger's accuracy may be, where the truth is known. */
  accuracyMargin: share.default(0.05),
  /** Fewest predictions of each whose truth is known that there is a verdict on. */
  minimumTruths: z.number().int().positive().default(100),
});

/** How long a canary bakes, and what champion and challenger may differ in. Each limit is judged by registry/canary/. */
export const canarySchema = settingsSchema
  .refine(({ minimumBakeSeconds, windowSeconds }) => minimumBakeSeconds >= windowSeconds, {
    path: ["minimumBakeSeconds"],
    message: "it must be at least windowSeconds: nothing is counted before",
  })
  .refine((times) => times.minimumBakeSeconds + times.windowSeconds + times.silenceToAlarmSeconds <= times.maxBakeSeconds, {
    path: ["maxBakeSeconds"],
    message:
      "it must be at least minimumBakeSeconds + windowSeconds + silenceToAlarmSeconds: counts are known a window later, and a verdict after the last silence cannot carry the canary",
  });

/** Period of the alarm `silent`. CloudWatch takes 10, 20, 30 and multiples of 60. */
export function alarmPeriodSeconds({ silenceToAlarmSeconds }: Pick<CanarySettings, "silenceToAlarmSeconds">): number {
  return silenceToAlarmSeconds / periodsToAlarm;
}

/** CloudWatch's shortest period of an alarm; only an emulator takes shorter ones, and evaluates them to the second. */
const shortestPeriodSeconds = 10;

/**
 * How long the champion's fleet is kept once all of the traffic has gone over: an alarm in this time still brings it back. Twice the silence, because CloudWatch may
 * find it late, and who comes after this finds the challenger live.
 */
export function terminationWaitSeconds(settings: Pick<CanarySettings, "silenceToAlarmSeconds">): number {
  const isExact = alarmPeriodSeconds(settings) < shortestPeriodSeconds;
  return settings.silenceToAlarmSeconds * (isExact ? 1 : 2);
}

export type CanarySettings = z.output<typeof canarySchema>;

/** What a workload's `rollout.canary` comes to with its defaults. */
export function canarySettings(declared: z.input<typeof canarySchema> | undefined): CanarySettings {
  return canarySchema.parse(declared ?? {});
}
