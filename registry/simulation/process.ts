/** One call of a process to a service. */
export interface Call {
  /** The command's or the method's name. */
  name: string;
  /** What it is about, for the account of the run. */
  about(): string;
  /** It changes something. */
  changes: boolean;
  /** What it does to the service, and the answer; throws the service's own errors. */
  effect(): unknown;
  /** The answer of a service that does not know of its last change yet. */
  stale?(): unknown;
  throttled(): Error;
  timedOut(): Error;
}

/** Takes a call to its service, or nowhere. */
export type Carrier = (call: Call) => Promise<unknown>;

/** One of the product's programs: it runs until it is done, has failed, or has died where it stood. */
export class Process {
  readonly name: string;
  state: "running" | "done" | "failed" | "died" = "running";
  answer: unknown;
  error: unknown;
  /** A call of it was held up: what it does may rest on what is long past. */
  heldUp = false;
  /** The last event of the ledger that it has read, or written. */
  knows = 0;

  constructor(name: string) {
    this.name = name;
  }
}
