import { setImmediate, setTimeout } from "node:timers";
import { type Batch, splitEntries } from "./batches.ts";
import type { End, Entry } from "./entry.ts";
import { MlflowError } from "./error.ts";
import type { Journal } from "./journal.ts";
import { type PatienceSettings, whileAway } from "./patience.ts";
import { withRetries } from "./retry.ts";
import type { Transport } from "./transport.ts";

export interface SenderSettings extends PatienceSettings {
  /** Told once for every time that the server goes away. */
  warn: (message: string) => void;
}

/** What the server would not take, for good. */
export interface Refusal {
  entry: Entry | End;
  reason: string;
}

const flushMilliseconds = 1_000;
/** A request's worth of metrics. */
const flushBytes = 100_000;
const readBytes = 1_000_000;
/** After so many in a row with nothing taken in between, it is the run that is refused and not the entry. */
const refusalsInARow = 20;

/**
 * Sends what a run's journal holds, one request after the other, while the run goes on. A server that is away is waited for: entries are
 * stamped, and the same ones sent twice are there once. Where the server refuses a batch, the entry that it refuses is found by halving.
 */
export class BackgroundSender {
  readonly #transport: Transport;
  readonly #journal: Journal;
  readonly #settings: SenderSettings;
  readonly #refusals: Refusal[] = [];
  #refusedInARow = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #sending: Promise<void> | undefined;
  /** While the run goes on, any. */
  #patienceSeconds = Number.POSITIVE_INFINITY;
  #lastProgress = 0;

  constructor(transport: Transport, journal: Journal, settings: SenderSettings) {
    this.#transport = transport;
    this.#journal = journal;
    this.#settings = settings;
  }

  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }

  /** Something was appended: it will be sent within a second, or at once where it fills a request. */
  wake(): void {
    if (this.#sending !== undefined || this.#isRefused) return;
    // Not before the loop that logs has its turn behind it: what it has still to say fills the request.
    if (this.#journal.waiting >= flushBytes) this.#turn ??= setImmediate(() => this.#start().catch(() => {}));
    else this.#timer ??= setTimeout(() => this.#start().catch(() => {}), flushMilliseconds).unref();
  }

  /**
   * Resolves when the server has everything that is in the journal.
   *
   * @param patienceSeconds how long the server may take nothing
   * @throws MlflowError of the last try
   */
  async drain(patienceSeconds: number): Promise<void> {
    this.#patienceSeconds = patienceSeconds;
    this.#lastProgress = this.#settings.now();
    try {
      while (this.#journal.waiting > 0) await this.#start();
    } finally {
      this.#patienceSeconds = Number.POSITIVE_INFINITY;
    }
  }

  /**
   * Sends what is left, and then how the run ends.
   *
   * @throws MlflowError of the last try
   */
  async finish(end: End, patienceSeconds: number): Promise<void> {
    const isWritten = this.#write(end);
    await this.drain(patienceSeconds);
    if (!isWritten) await whileAway(this.#settings, patienceSeconds, () => this.#update(end));
  }

  /** On a full disk, the end alone does without the journal. */
  #write(end: End): boolean {
    try {
      this.#journal.append(end);
      return true;
    } catch (error) {
      this.#settings.warn(`run ${this.#journal.runId}: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }

  get #isRefused(): boolean {
    return this.#refusedInARow >= refusalsInARow;
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#timer = undefined;
    this.#turn = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#journal.waiting > 0) {
      const { entries, end } = this.#journal.read(readBytes);
      for (const batch of splitEntries(this.#journal.runId, lastOfEachKey(entries))) await this.#send(batch);
      for (const entry of entries) if (entry.kind === "end") await this.#patiently(() => this.#update(entry));
      this.#journal.sentUpTo(end);
    }
  }

  async #send(batch: Batch): Promise<void> {
    try {
      await this.#patiently(() => this.#transport.repeatable("POST", "/api/2.0/mlflow/runs/log-batch", { ...batch }));
      this.#refusedInARow = 0;
    } catch (error) {
      if (!(error instanceof MlflowError) || !isAboutContent(error) || this.#isRefused) throw error;
      const entries = entriesOf(batch);
      const [entry] = entries;
      if (entries.length > 1)
        for (const half of halves(entries)) for (const part of splitEntries(batch.run_id, half)) await this.#send(part);
      else if (entry !== undefined) this.#refuse(entry, error);
    }
  }

  async #update(end: End): Promise<void> {
    await this.#transport.repeatable("POST", "/api/2.0/mlflow/runs/update", { run_id: this.#journal.runId, ...end.item });
  }

  #refuse(entry: Entry | End, { message }: MlflowError): void {
    this.#refusedInARow += 1;
    this.#refusals.push({ entry, reason: message });
  }

  async #patiently(work: () => Promise<unknown>): Promise<void> {
    let warned = false;
    const mayPass = (error: unknown) => {
      if (!(error instanceof MlflowError) || isAboutContent(error) || this.#isOutOfPatience(error)) return false;
      if (!warned) this.#settings.warn(`run ${this.#journal.runId}: ${error.message}; what is logged waits in ${this.#journal.file}`);
      warned = true;
      return true;
    };
    await withRetries({ ...this.#settings, attempts: Number.POSITIVE_INFINITY }, mayPass, work);
    this.#lastProgress = this.#settings.now();
  }

  /** While the run goes on, somebody may yet mend a password; its end does not wait for that. */
  #isOutOfPatience({ status }: MlflowError): boolean {
    if (this.#patienceSeconds === Number.POSITIVE_INFINITY) return false;
    const forbids = status !== undefined && status >= 400 && status < 500 && status !== 429;
    return forbids || this.#settings.now() - this.#lastProgress >= this.#patienceSeconds * 1000;
  }
}

/** A request may hold a param or a tag once; the last word counts. */
function lastOfEachKey(entries: readonly (Entry | End)[]): Entry[] {
  const last = new Map<string, Entry>();
  const metrics: Entry[] = [];
  for (const entry of entries) {
    if (entry.kind === "metrics") metrics.push(entry);
    else if (entry.kind !== "end") last.set(`${entry.kind} ${entry.item.key}`, entry);
  }
  return [...last.values(), ...metrics];
}

function isAboutContent({ status }: MlflowError): boolean {
  return status === 400 || status === 413;
}

function entriesOf({ params, tags, metrics }: Batch): Entry[] {
  return [
    ...params.map((item): Entry => ({ kind: "params", item })),
    ...tags.map((item): Entry => ({ kind: "tags", item })),
    ...metrics.map((item): Entry => ({ kind: "metrics", item })),
  ];
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
