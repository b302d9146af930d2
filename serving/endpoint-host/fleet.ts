import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "./clock.ts";
import type { ContainerProcess } from "./container-process.ts";

export interface FleetOptions {
  instances: number;
  /** How long a new container may take until its first healthy /ping. */
  startupMilliseconds: number;
  /** Starts one container with its model data in place. */
  launch: () => Promise<ContainerProcess>;
  clock: Clock;
  log: FastifyBaseLogger;
}

/** A container that lived this long and then died gets its successor at once. */
const soundLifeMilliseconds = 60_000;
const firstBackoffMilliseconds = 200;
const longestBackoffMilliseconds = 30_000;
/** Starts that may fail in a row: the second is for a port that somebody took in between. */
const startAttempts = 2;
const restartAttempts = 8;

/** The containers of one deployment, one per instance. One that dies is replaced, later and later while it keeps dying. */
export class Fleet {
  /** Why instances are missing for good; undefined while none is. */
  failure: string | undefined;
  readonly #options: FleetOptions;
  readonly #containers = new Set<ContainerProcess>();
  readonly #launching = new Set<Promise<unknown>>();
  #healthy: ContainerProcess[] = [];
  #turn = 0;
  #quickDeaths = 0;
  #stopped = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /**
   * Brings every instance up.
   *
   * @throws Error of the first instance that did not come up; the others keep running until {@link stop}
   */
  async start(): Promise<void> {
    const starts = Array.from({ length: this.#options.instances }, () => this.#bringUp(startAttempts));
    const outcomes = await Promise.allSettled(starts);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * Brings every instance up again after a restart of the host. Resolves when each was tried once: those that did not come up are
   * tried on in the background.
   */
  async restore(): Promise<void> {
    const first = Array.from({ length: this.#options.instances }, () => this.#bringUp(1));
    const outcomes = await Promise.allSettled(first);
    for (const outcome of outcomes) if (outcome.status === "rejected") void this.#bringUpAgain();
  }

  /**
   * The healthy container with the fewest requests in flight; in turn where several have as few.
   *
   * @param instances how many of the fleet's containers may be chosen
   */
  pick(instances = Number.POSITIVE_INFINITY): ContainerProcess | undefined {
    const count = Math.min(this.#healthy.length, instances);
    this.#turn = (this.#turn + 1) % Math.max(count, 1);
    let chosen = this.#healthy[this.#turn];
    for (let step = 1; step < count; step += 1) {
      const other = this.#healthy[(this.#turn + step) % count];
      if (chosen === undefined || (other !== undefined && other.inFlight < chosen.inFlight)) chosen = other;
    }
    if (!chosen?.isDeaf) return chosen;
    this.#healthy = this.#healthy.filter((other) => other !== chosen);
    return this.pick(instances);
  }

  get healthyInstances(): number {
    return this.#healthy.length;
  }

  /** Takes no more requests, finishes those in flight, ends every process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#healthy = [];
    await Promise.allSettled(this.#launching);
    await Promise.all([...this.#containers].map((container) => this.#dispose(container)));
  }

  async #bringUp(attempts: number): Promise<void> {
    const { clock, startupMilliseconds } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const container = await this.#launch();
        await container.healthy(startupMilliseconds).catch(async (error: unknown) => {
          await this.#dispose(container);
          throw error;
        });
        if (this.#stopped) return await this.#dispose(container);
        this.#healthy.push(container);
        void this.#replaceWhenDead(container);
        return;
      } catch (error) {
        if (this.#stopped || attempt >= attempts) throw error;
        await clock.sleep(backoff(attempt));
      }
    }
  }

  async #launch(): Promise<ContainerProcess> {
    if (this.#stopped) throw new Error("The fleet was stopped.");
    const launch = this.#options.launch();
    this.#launching.add(launch);
    try {
      const container = await launch;
      this.#containers.add(container);
      return container;
    } finally {
      this.#launching.delete(launch);
    }
  }

  async #replaceWhenDead(container: ContainerProcess): Promise<void> {
    const { clock, log } = this.#options;
    const born = clock.now().getTime();
    const how = await container.exited;
    this.#healthy = this.#healthy.filter((other) => other !== container);
    if (this.#stopped) return;
    log.warn({ pid: container.pid, lastWords: await container.lastWords() }, `a container ${how}; another takes its place`);
    await this.#dispose(container);
    this.#quickDeaths = clock.now().getTime() - born < soundLifeMilliseconds ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths > 1) await clock.sleep(backoff(this.#quickDeaths));
    await this.#bringUpAgain();
  }

  async #dispose(container: ContainerProcess): Promise<void> {
    await container.stop();
    this.#containers.delete(container);
  }

  async #bringUpAgain(): Promise<void> {
    try {
      await this.#bringUp(restartAttempts);
    } catch (error) {
      if (this.#stopped) return;
      this.failure = error instanceof Error ? error.message : String(error);
      this.#options.log.error({ err: error }, "an instance does not come up again");
    }
  }
}

function backoff(attempt: number): number {
  return Math.min(firstBackoffMilliseconds * 2 ** (attempt - 1), longestBackoffMilliseconds);
}
