/** More milliseconds a timer takes for one. */
const longest = 2 ** 31 - 1;

/** Aborts what has not moved for so many seconds. */
export class StallTimer {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(seconds: number) {
    const stalled = () => this.#controller.abort(new DOMException(`nothing moved for ${seconds} s`, "TimeoutError"));
    this.#timer = setTimeout(stalled, Math.min(seconds * 1000, longest)).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly moved = (): void => {
    this.#timer.refresh();
  };

  clear(): void {
    clearTimeout(this.#timer);
  }
}
