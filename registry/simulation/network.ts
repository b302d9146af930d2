import { clientTimeouts } from "@falconry/environment/environment.ts";
import type { Clock } from "./clock.ts";
import { type Call, Process } from "./process.ts";
import type { PlannedMishap, Scenario } from "./scenario.ts";

const callMilliseconds = 20;

interface Delivery {
  /** Milliseconds since the epoch before which it does not happen. */
  due: number;
  /** Who waits for it; nobody where the sender gave up. */
  process: Process | undefined;
  /** The process goes on beside it. */
  beside: boolean;
  deliver(): void;
}

interface Settle {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * What stands between the processes and the services. One thing happens at a time, when every process waits for something, so that the same
 * picks and mishaps always give the same run.
 */
export class Network {
  /** Mishaps that befell a call: `<mishap> <call>`. */
  readonly befallen: string[] = [];
  /** Errors that a mishap made; a process may end with one of them. */
  readonly #made = new Set<unknown>();
  /** What happened, one line each; empty where nobody is to read it. */
  readonly account: string[] = [];
  readonly #isTold: boolean;
  readonly #clock: Clock;
  readonly #picks: readonly number[];
  #slow: Scenario["slow"];
  #away: Scenario["away"];
  /** What a process begins now, it does not wait for. */
  #isBeside = false;
  readonly #processes = new Set<Process>();
  #mishaps: PlannedMishap[];
  #waiting: Delivery[] = [];
  /** Calls that nobody waits for, and that come just before the next of their kind about something else. */
  readonly #withNext: { process: Process; call: Call }[] = [];
  readonly #counts = new Map<string, number>();
  #isQuiet = true;
  deliveries = 0;

  /** @param isTold it keeps an account, which takes its time */
  constructor(clock: Clock, { picks, mishaps, slow, away }: Pick<Scenario, "picks" | "mishaps" | "slow" | "away">, isTold: boolean) {
    this.#isTold = isTold;
    this.#clock = clock;
    this.#picks = picks;
    this.#slow = slow;
    this.#away = away;
    this.#mishaps = [...mishaps];
  }

  /** When the next thing happens, in milliseconds since the epoch; undefined where nothing is on its way, not even a call that nobody waits for any more. */
  async nextDue(): Promise<number | undefined> {
    if (!this.#isQuiet) await this.#everybodyWaits();
    if (this.#waiting.length === 0) return undefined;
    return this.#waiting.reduce((earliest, { due }) => Math.min(earliest, due), Number.POSITIVE_INFINITY);
  }

  wasMade(error: unknown): boolean {
    return this.#made.has(error) || (error instanceof Error && error.cause !== undefined && this.wasMade(error.cause));
  }

  start(name: string, program: (process: Process) => Promise<unknown>): Process {
    const process = new Process(name);
    this.#processes.add(process);
    this.#isQuiet = false;
    this.#tell(process, () => "begins");
    const end = (state: "done" | "failed", outcome: Partial<Process>) => {
      Object.assign(process, { state, ...outcome });
      this.#processes.delete(process);
      this.#tell(process, () => (state === "done" ? "is done" : `fails: ${process.error}`));
    };
    program(process).then(
      (answer) => end("done", { answer }),
      (error: unknown) => end("failed", { error }),
    );
    return process;
  }

  call(process: Process, call: Call): Promise<unknown> {
    const beside = this.#isBeside;
    const milliseconds = call.name === this.#slow?.of ? this.#slow.seconds * 1000 : 0;
    return new Promise((resolve, reject) => {
      this.#wait(process, milliseconds, () => this.#arrive(process, call, { resolve, reject }, beside), beside);
    });
  }

  /** Has a process do something again and again beside what it waits for. @returns ends it */
  every(process: Process, milliseconds: number, act: () => void): () => void {
    let ended = false;
    const again = () => {
      if (ended || process.state !== "running") return;
      this.#isBeside = true;
      act();
      this.#isBeside = false;
      this.#wait(process, milliseconds, again, true);
    };
    this.#wait(process, milliseconds, again, true);
    return () => {
      ended = true;
      this.#waiting = this.#waiting.filter(({ deliver }) => deliver !== again);
    };
  }

  pause(process: Process, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wait(process, milliseconds, resolve);
    });
  }

  /** No more mishaps. */
  calm(): void {
    this.#mishaps = [];
    this.#slow = undefined;
    this.#away = undefined;
  }

  /** Every process dies where it stands. */
  killAll(): void {
    for (const process of [...this.#processes]) this.#kill(process);
  }

  /** Lets the next thing happen. Time passes where nothing is due. */
  async deliverNext(): Promise<void> {
    const first = await this.nextDue();
    if (first === undefined) return;
    this.#clock.milliseconds = Math.max(this.#clock.milliseconds, first);
    const ready = this.#waiting.filter(({ due }) => due <= this.#clock.milliseconds);
    const next = ready[(this.#picks[this.deliveries % this.#picks.length] ?? 0) % ready.length];
    this.#waiting = this.#waiting.filter((delivery) => delivery !== next);
    this.#clock.milliseconds += callMilliseconds;
    this.deliveries++;
    next?.deliver();
    await this.#everybodyWaits();
  }

  /** Something that no process of ours did. */
  note(line: string): void {
    if (this.#isTold) this.account.push(line);
  }

  #tell(process: Process, what: () => string): void {
    if (this.#isTold) this.account.push(`${this.#clock.now().toISOString().slice(11, 23)} ${process.name} ${what()}`);
  }

  #wait(process: Process | undefined, milliseconds: number, deliver: () => void, beside = false): void {
    this.#waiting.push({ due: this.#clock.milliseconds + milliseconds, process, beside, deliver });
  }

  #arrive(process: Process, call: Call, settle: Settle, beside: boolean): void {
    const { resolve, reject } = settle;
    const mishap = this.#mishapOf(call);
    this.#tell(process, () => `${call.name} ${call.about()}${mishap === undefined ? "" : ` (${mishap.what})`}`);
    const late = (mishap?.seconds ?? 0) * 1000;
    const heldUp = Math.min(late, clientTimeouts.requestTimeout);
    if (mishap !== undefined && /late$|^sleeps$/.test(mishap.what)) process.heldUp = true;
    const make = (error: Error) => {
      this.#made.add(error);
      reject(error);
    };
    if (call.name === this.#away) {
      make(call.throttled());
      return;
    }
    const answer = () => this.#answer(process, call.effect, settle);
    for (const before of this.#withNext.splice(0, this.#withNext.length)) {
      if (before.call.name !== call.name || before.call.about() === call.about()) this.#withNext.push(before);
      else this.#arriveAlone(before.process, before.call);
    }
    const arrives = () => {
      this.#tell(process, () => `${call.name} ${call.about()} arrives`);
      answer();
    };
    switch (mishap?.what) {
      case undefined:
        answer();
        break;
      case "dies-before":
        this.#kill(process);
        break;
      case "dies-after":
        attempt(call);
        this.#kill(process);
        break;
      case "times-out-undone":
        make(call.timedOut());
        break;
      case "times-out-done":
        attempt(call);
        make(call.timedOut());
        break;
      case "arrives-after-timeout":
        this.#wait(undefined, late, () => this.#arriveAlone(process, call));
        make(call.timedOut());
        break;
      case "arrives-with-next":
        this.#withNext.push({ process, call });
        make(call.timedOut());
        break;
      case "sleeps":
        for (const own of this.#waiting) if (own.process === process) own.due = Math.max(own.due, this.#clock.milliseconds + late);
        this.#wait(process, late, arrives, beside);
        break;
      case "arrives-late":
        this.#wait(process, heldUp, arrives, beside);
        break;
      case "answers-late":
        this.#answer(process, call.effect, {
          resolve: (given) => this.#wait(process, heldUp, () => resolve(given), beside),
          reject: (error) => this.#wait(process, heldUp, () => reject(error), beside),
        });
        break;
      case "sent-twice":
        attempt(call);
        answer();
        break;
      case "answers-stale":
        this.#answer(process, call.stale ?? call.effect, settle);
        break;
      case "throttled":
        make(call.throttled());
        break;
    }
  }

  #arriveAlone(process: Process, call: Call): void {
    this.#tell(process, () => `${call.name} ${call.about()}, given up long ago, arrives`);
    attempt(call);
  }

  #answer(process: Process, effect: () => unknown, { resolve, reject }: Settle): void {
    try {
      resolve(effect());
    } catch (error) {
      this.#tell(process, () => `is refused: ${error}`);
      reject(error);
    }
  }

  #mishapOf({ name, changes }: Call): PlannedMishap | undefined {
    const countedAs = changes ? [name, "calls", "effects"] : [name, "calls"];
    const nth = new Map(countedAs.map((of) => [of, this.#counts.get(of) ?? 0]));
    for (const [of, count] of nth) this.#counts.set(of, count + 1);
    const mishap = this.#mishaps.find((planned) => nth.get(planned.of) === planned.nth);
    if (mishap !== undefined) this.befallen.push(`${mishap.what} ${name}`);
    return mishap;
  }

  #kill(process: Process): void {
    process.state = "died";
    this.#processes.delete(process);
    this.#waiting = this.#waiting.filter((delivery) => delivery.process !== process);
    this.#tell(process, () => "dies");
  }

  /** The product works on its own between two calls; nothing else happens meanwhile. */
  async #everybodyWaits(): Promise<void> {
    do await new Promise(setImmediate);
    while ([...this.#processes].some((process) => !this.#waiting.some((delivery) => delivery.process === process && !delivery.beside)));
    this.#isQuiet = true;
  }
}

/** What nobody hears the answer of. */
function attempt({ effect }: Call): void {
  try {
    effect();
  } catch {
    // Nobody hears of the refusal either.
  }
}
