import type { Clock } from "../clock.ts";

export interface GuardOptions {
  /** Alarms that are in ALARM, as the deployment's failure names them. */
  look: () => Promise<string[]>;
  /** When the deployment began. */
  started: Date;
  /** MaximumExecutionTimeoutInSeconds. */
  maximumSeconds: number | undefined;
  /** Whether the host is ending: nothing is waited for then. */
  closed: () => boolean;
  clock: Clock;
}

/** How often the alarms are looked at: what bounds the time from an alarm to the traffic's return. */
const lookEveryMilliseconds = 250;
/** Alarms that cannot be read for this long count as fired: no news is bad news. */
const unreadableMilliseconds = 10_000;

/** Watches over one deployment while it waits for something. */
export class Guard {
  readonly #options: GuardOptions;
  #unreadableSince: number | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /**
   * Waits for a number of seconds.
   *
   * @returns why the deployment must be given up; undefined when nothing speaks against it
   */
  watchFor(seconds: number): Promise<string | undefined> {
    const { clock } = this.#options;
    const end = clock.now().getTime() + seconds * 1000;
    const rest = () => Math.max(0, end - clock.now().getTime());
    return this.#watch(async () => {
      await clock.sleep(Math.min(lookEveryMilliseconds, rest()));
      return rest() === 0;
    });
  }

  /** Waits until something is done, well or not; like {@link watchFor}. */
  watchUntil(work: Promise<unknown>): Promise<string | undefined> {
    const done = work.then(
      () => true,
      () => true,
    );
    const { clock } = this.#options;
    return this.#watch(() => Promise.race([done, clock.sleep(lookEveryMilliseconds).then(() => false)]));
  }

  /** The last look comes after the wait. */
  async #watch(wait: () => Promise<boolean>): Promise<string | undefined> {
    for (let done = false; ; done = await wait()) {
      const objection = await this.#objection();
      if (objection !== undefined || done) return objection;
    }
  }

  async #objection(): Promise<string | undefined> {
    const { clock, started, maximumSeconds, look, closed } = this.#options;
    if (closed()) return "The endpoint host was stopped.";
    const now = clock.now().getTime();
    if (maximumSeconds !== undefined && now - started.getTime() > maximumSeconds * 1000) {
      return `The deployment took longer than MaximumExecutionTimeoutInSeconds (${maximumSeconds} seconds) and was rolled back.`;
    }
    try {
      const tripped = await look();
      this.#unreadableSince = undefined;
      if (tripped.length === 0) return undefined;
      return `The deployment was rolled back because the following CloudWatch alarms are in ALARM state: ${tripped.join(", ")}.`;
    } catch (error) {
      this.#unreadableSince ??= now;
      if (now - this.#unreadableSince < unreadableMilliseconds) return undefined;
      const reason = error instanceof Error ? error.message : String(error);
      return `The deployment was rolled back because its CloudWatch alarms could not be read for ${unreadableMilliseconds / 1000} seconds: ${reason}`;
    }
  }
}
