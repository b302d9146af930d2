import type { DeploymentConfig } from "@aws-sdk/client-sagemaker";

/** How one update of the endpoint goes. */
export interface Course {
  /** Until the new fleet is up, or is found not to come up. */
  seconds: number;
  /** "returns": its containers do not pass the health check. "mislabelled": it comes up, and answers name another run. */
  ends: "comes-up" | "returns" | "mislabelled";
}

export interface RolloutOptions {
  config: string;
  deployment: DeploymentConfig | undefined;
  instances: number;
  course: Course;
  /** Milliseconds since the epoch. */
  started: number;
  /** Why the fleet cannot come up, once it should. */
  fault(): string | undefined;
  /** One of these alarms is up at a moment. */
  alarmed(names: readonly string[], now: number): string | undefined;
  /** The new fleet takes this share of the traffic from now on: 0 where everything returns. */
  shift(share: number, now: number): void;
}

/** How often SageMaker looks at the alarms. */
const lookMilliseconds = 1000;

/**
 * One blue/green update on its way: the new fleet comes up beside the old one, takes its canary's share, then everything, and is given up, with everything back on
 * the old one, as soon as an alarm is up.
 */
export class Rollout {
  readonly config: string;
  readonly started: number;
  stage: "Creating" | "Baking" = "Creating";
  /** When the stage began. */
  since: number;
  /** How it ended; `because` where it was given up. */
  ended: { time: number; because?: string } | undefined;
  readonly #options: RolloutOptions;
  readonly #alarms: readonly string[];
  /** Shares still to come, each with the seconds to wait after it. */
  readonly #shifts: { share: number; seconds: number }[];
  #stageEnds: number;
  #looked: number;

  constructor(options: RolloutOptions) {
    this.#options = options;
    this.config = options.config;
    this.started = options.started;
    this.since = options.started;
    this.#looked = options.started;
    this.#stageEnds = options.started + options.course.seconds * 1000;
    this.#alarms = (options.deployment?.AutoRollbackConfiguration?.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []);
    this.#shifts = shiftsOf(options.deployment, options.instances);
  }

  /** When it ends where no alarm comes, in milliseconds since the epoch. */
  get until(): number {
    return this.#shifts.reduce((time, { seconds }) => time + seconds * 1000, this.#stageEnds);
  }

  /** Lets it go on up to a moment. */
  proceed(now: number): void {
    while (this.ended === undefined) {
      // Without alarms there is nothing to look at between the stages.
      const next = this.#alarms.length === 0 ? this.#stageEnds : Math.min(this.#looked + lookMilliseconds, this.#stageEnds);
      if (next > now) return;
      this.#looked = next;
      const alarm = this.#options.alarmed(this.#alarms, next);
      if (alarm !== undefined)
        this.#giveUp(next, `The deployment was rolled back because the following CloudWatch alarms are in ALARM state: ${alarm}.`);
      else if (next === this.#stageEnds) this.#enterNext(next);
    }
  }

  #enterNext(now: number): void {
    const fault = this.stage === "Creating" ? this.#options.fault() : undefined;
    const shift = this.#shifts.shift();
    if (fault !== undefined) {
      this.#giveUp(now, fault);
    } else if (shift === undefined) {
      this.ended = { time: now };
    } else {
      this.stage = "Baking";
      this.since = now;
      this.#stageEnds = now + shift.seconds * 1000;
      this.#options.shift(shift.share, now);
    }
  }

  #giveUp(now: number, because: string): void {
    this.#options.shift(0, now);
    this.ended = { time: now, because };
  }
}

function shiftsOf(deployment: DeploymentConfig | undefined, instances: number): { share: number; seconds: number }[] {
  const { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds = 0 } = deployment?.BlueGreenUpdatePolicy ?? {};
  const whole = { share: 1, seconds: TerminationWaitInSeconds };
  if (routing?.Type !== "CANARY") return [whole];
  const { Type, Value = 0 } = routing.CanarySize ?? {};
  const share = Type === "INSTANCE_COUNT" ? Value / instances : Value / 100;
  return [{ share, seconds: routing.WaitIntervalInSeconds ?? 0 }, whole];
}
