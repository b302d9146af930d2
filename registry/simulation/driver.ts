import type { Clock } from "./clock.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** How often a driver looks while nothing is in flight. */
const restMilliseconds = 30_000;

/** What calls reconcile again and again: the control plane's timer, a schedule, somebody who watches. One pass at a time. */
export class Driver {
  readonly #clock: Clock;
  readonly #world: World;
  readonly #milliseconds: number;
  readonly #begin: () => Process;
  #process: Process | undefined;
  #due: number;
  #deadUntil = 0;
  #changesBefore = 0;
  /** The world's count of changes after a whole pass that changed nothing. */
  restedAt: number | undefined;

  /** @param seconds from the end of a pass to the next one while something is in flight */
  constructor(clock: Clock, world: World, seconds: number, begin: () => Process) {
    this.#clock = clock;
    this.#world = world;
    this.#milliseconds = seconds * 1000;
    this.#begin = begin;
    this.#due = clock.milliseconds;
  }

  /** When the next pass begins, in milliseconds since the epoch; undefined while one runs. */
  due(): number | undefined {
    if (this.#process?.state === "running") return undefined;
    if (this.#process !== undefined) this.#passed(this.#process);
    return this.#due;
  }

  pass(): void {
    this.#changesBefore = this.#world.changes;
    this.#process = this.#begin();
  }

  /** Somebody asked for something. */
  wake(): void {
    this.#due = Math.max(this.#deadUntil, Math.min(this.#due, this.#clock.milliseconds));
  }

  /** It does not look before a moment, in milliseconds since the epoch. */
  dieUntil(time: number): void {
    this.#process = undefined;
    this.#deadUntil = time;
    this.#due = time;
    this.restedAt = undefined;
  }

  #passed({ state }: Process): void {
    const { changes, state: told } = this.#world;
    const isIdle = state === "done" && changes === this.#changesBefore && this.#world.isFree(this.#clock.now());
    if (isIdle) this.restedAt = changes;
    const isBusy = told.inFlight !== undefined && told.inFlight.progress.state !== "awaiting-approval";
    this.#due = this.#clock.milliseconds + (isBusy || !isIdle ? this.#milliseconds : restMilliseconds);
    this.#process = undefined;
  }
}
