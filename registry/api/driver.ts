import type { FastifyBaseLogger } from "fastify";
import type { WorkloadStatus } from "../status.ts";
import { mistakeOf } from "./mistakes.ts";

/** While something is in flight: a heartbeat each time, and a verdict soon after there could be one. */
const busySeconds = 0.5;
const restSeconds = 10;
/** After a failure the pause grows to this. */
const longestPauseSeconds = 60;
/** States that no pass leads out of: a person does, or nobody needs to. */
const atRest: ReadonlySet<string> = new Set(["live", "bootstrap", "awaiting-approval"]);

export interface DriverOptions {
  /** Name of each workload's endpoint. */
  endpoints: ReadonlyMap<string, string>;
  /** One pass that never waits. */
  reconcile(workload: string): Promise<{ workloads: WorkloadStatus[] }>;
  log: FastifyBaseLogger;
  /** Resolves after so many seconds, or at once when the signal aborts. */
  pause(seconds: number, signal: AbortSignal): Promise<void>;
  /** Seconds since any moment. */
  clock(): number;
}

/** Calls reconcile again and again. Of one workload one pass runs at a time; a failure of one holds none of the others up. */
export class Driver {
  readonly #options: DriverOptions;
  readonly #tracks: ReadonlyMap<string, Track>;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#tracks = new Map([...options.endpoints.keys()].map((workload) => [workload, { failures: 0, alarmClock: new AbortController() }]));
  }

  /** Drives every workload until {@link stop}. */
  start(): void {
    this.#running = Promise.all([...this.#tracks.keys()].map((workload) => this.#follow(workload)));
  }

  /** No pass begins any more. @returns when the passes under way are over */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { alarmClock } of this.#tracks.values()) alarmClock.abort();
    await this.#running;
  }

  /** Has a workload looked at at once, where somebody drives: a person asked for something. */
  wake(workload: string): void {
    this.#tracks.get(workload)?.alarmClock.abort();
  }

  /**
   * Drives until everything rests, but no longer than so many seconds.
   *
   * @returns how many workloads are still on their way
   */
  async drive(seconds: number): Promise<number> {
    const until = this.#options.clock() + seconds;
    const busy = await Promise.all([...this.#tracks.keys()].map((workload) => this.#driveOne(workload, until)));
    return busy.filter(Boolean).length;
  }

  /**
   * One pass of a workload, or of all, begun after this was called, and how things stand then. Of all, one whose pass failed says so, and the others' answers are
   * not lost; where every pass failed, the first failure is thrown.
   *
   * @throws FalconryError `environment.no-endpoint`, and those of reconcile
   */
  async reconcile(workload?: string): Promise<{ workloads: WorkloadStatus[] }> {
    if (workload !== undefined) return this.#pass(workload);
    const names = [...this.#tracks.keys()];
    const passes = await Promise.allSettled(names.map((name) => this.#pass(name)));
    if (passes.some(({ status }) => status === "fulfilled"))
      return { workloads: names.flatMap((name, at) => this.#outcome(name, passes[at])) };
    for (const pass of passes) if (pass.status === "rejected") throw pass.reason;
    return { workloads: [] };
  }

  #outcome(name: string, pass: PromiseSettledResult<{ workloads: WorkloadStatus[] }> | undefined): WorkloadStatus[] {
    if (pass?.status === "fulfilled") return pass.value.workloads;
    const why = mistakeOf(pass?.reason)?.message ?? "the control plane's log says why";
    this.#options.log.error({ workload: name, err: pass?.reason }, "reconcile failed");
    const nothing = { inFlight: null, champion: null, challenger: null, canary: null };
    const endpoint = this.#options.endpoints.get(name) ?? "";
    return [{ name, endpoint, state: "unknown", ...nothing, agrees: false, differences: [`the pass failed: ${why}`] }];
  }

  async #follow(workload: string): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // From here on a wake is for the next pass.
      const alarmClock = new AbortController();
      this.#track(workload).alarmClock = alarmClock;
      const seconds = pauseAfter(await this.#look(workload));
      if (this.#stopping.signal.aborted) return;
      await this.#options.pause(seconds, alarmClock.signal);
    }
  }

  async #driveOne(workload: string, until: number): Promise<boolean> {
    for (;;) {
      const seen = await this.#look(workload);
      if (seen.rests) return false;
      const seconds = pauseAfter(seen);
      if (this.#options.clock() + seconds >= until || this.#stopping.signal.aborted) return true;
      await this.#options.pause(seconds, this.#stopping.signal);
    }
  }

  async #look(workload: string): Promise<Seen> {
    const track = this.#track(workload);
    try {
      const { workloads } = await this.#pass(workload);
      if (track.failure !== undefined) this.#options.log.info({ workload, failures: track.failures }, "reconcile works again");
      track.failures = 0;
      track.failure = undefined;
      return { rests: workloads.every(({ state }) => atRest.has(state)), failures: 0 };
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== track.failure) this.#options.log.error({ workload, err: error }, "reconcile failed");
      track.failure = failure;
      track.failures += 1;
      return { rests: false, failures: track.failures };
    }
  }

  /** Whoever asks while a pass runs gets the next one, all of them together. */
  #pass(workload: string): Promise<{ workloads: WorkloadStatus[] }> {
    const track = this.#tracks.get(workload);
    // The registry says that there is no such workload.
    if (track === undefined) return this.#options.reconcile(workload);
    if (track.next !== undefined) return track.next;
    if (track.pass === undefined) return this.#begin(workload, track);
    const next = track.pass
      .catch(() => {})
      .then(() => {
        track.next = undefined;
        return this.#begin(workload, track);
      });
    track.next = next;
    return next;
  }

  #begin(workload: string, track: Track): Promise<{ workloads: WorkloadStatus[] }> {
    const pass = this.#options.reconcile(workload).finally(() => {
      if (track.pass === pass) track.pass = undefined;
    });
    track.pass = pass;
    return pass;
  }

  #track(workload: string): Track {
    const track = this.#tracks.get(workload);
    if (track === undefined) throw new Error(`${workload} is none of this driver's workloads`);
    return track;
  }
}

interface Track {
  /** The pass that runs. */
  pass?: Promise<{ workloads: WorkloadStatus[] }>;
  /** The one that begins after it. */
  next?: Promise<{ workloads: WorkloadStatus[] }>;
  /** What went wrong the last time. */
  failure?: string | undefined;
  /** In a row. */
  failures: number;
  /** Ends the pause before the next pass. */
  alarmClock: AbortController;
}

/** What one pass showed. */
interface Seen {
  /** Nothing is on its way. */
  rests: boolean;
  /** Passes in a row that failed. */
  failures: number;
}

function pauseAfter({ rests, failures }: Seen): number {
  if (failures > 0) return Math.min(busySeconds * 2 ** failures, longestPauseSeconds);
  return rests ? restSeconds : busySeconds;
}
