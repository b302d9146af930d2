/** Virtual time: it passes only where somebody lets it. */
export class Clock {
  /** Milliseconds since the epoch. */
  milliseconds = Date.parse("2026-11-21T10:00:00.000Z");

  now(): Date {
    return new Date(this.milliseconds);
  }
}
