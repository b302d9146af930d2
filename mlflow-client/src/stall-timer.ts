/** Aborts what has not moved for so many seconds. */
export class StallTimer {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(seconds: number) {
    const stalled = () => this.#controller.abort(new DOMException(`nothing moved for ${seconds} s`, "TimeoutError"));
    this.#timer = setTimeout(stalled, seconds * 1000).unref();
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
