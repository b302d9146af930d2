import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Artifacts, FolderOptions } from "./artifacts.ts";
import { BackgroundSender, type SenderSettings } from "./background-sender.ts";
import { type End, type Entry, wireMetric } from "./entry.ts";
import { MlflowError } from "./error.ts";
import type { Journal } from "./journal.ts";
import { whileAway } from "./patience.ts";
import type { Dataset, Run, RunStatus } from "./run.ts";
import type { Runs } from "./runs.ts";
import type { Transport } from "./transport.ts";
import { unsent } from "./unsent.ts";

export interface ActiveRunParts {
  info: Run["info"];
  journal: Journal;
  /** Made for this journal alone, and removed with it. */
  ownFolder: boolean;
  transport: Transport;
  runs: Runs;
  artifacts: Artifacts;
  settings: SenderSettings;
  /** How long a server that is away is waited for, where the run cannot go on without it. */
  patienceSeconds: number;
}

/**
 * A run that goes on. Metrics, params and tags are written to the run's journal before the call returns, and sent in the background; a call
 * costs microseconds and never waits for the server. What has a promise is sent at once.
 */
export class ActiveRun {
  readonly info: Run["info"];
  readonly #parts: ActiveRunParts;
  readonly #sender: BackgroundSender;
  readonly #params = new Map<string, string>();
  readonly #interruption = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(parts: ActiveRunParts) {
    this.#parts = parts;
    this.info = parts.info;
    this.#sender = new BackgroundSender(parts.transport, parts.journal, parts.settings);
  }

  get runId(): string {
    return this.info.runId;
  }

  /** Aborts when the process is told to end, with the signal's name as reason. */
  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  /** @param at.timestamp milliseconds since the epoch, now by default; `step` is 0 by default */
  metric(key: string, value: number, at: { step?: number; timestamp?: number } = {}): void {
    if (typeof value !== "number") throw new TypeError(`metric "${key}": ${value} is no number`);
    const { step = 0, timestamp = this.#parts.settings.now() } = at;
    this.#append({ kind: "metrics", item: wireMetric({ key, value, step, timestamp }) });
  }

  /** All at one step and time. */
  metrics(values: Record<string, number>, at: { step?: number; timestamp?: number } = {}): void {
    const stamp = { timestamp: this.#parts.settings.now(), ...at };
    for (const [key, value] of Object.entries(values)) this.metric(key, value, stamp);
  }

  /** @throws MlflowError `PARAM_CHANGED`: a param keeps its first value */
  param(key: string, value: string | number | boolean): void {
    const text = String(value);
    const first = this.#params.get(key);
    if (first !== undefined && first !== text) {
      const message = `run ${this.runId}: param "${key}" is "${first}" and cannot become "${text}"`;
      throw new MlflowError({ status: undefined, code: "PARAM_CHANGED", message, ...logBatch });
    }
    if (first === undefined) this.#append({ kind: "params", item: { key, value: text } });
    this.#params.set(key, text);
  }

  params(values: Record<string, string | number | boolean>): void {
    for (const [key, value] of Object.entries(values)) this.param(key, value);
  }

  tag(key: string, value: string): void {
    this.#append({ kind: "tags", item: { key, value } });
  }

  tags(values: Record<string, string>): void {
    for (const [key, value] of Object.entries(values)) this.tag(key, value);
  }

  /** @param context what it was used for, as `training` */
  dataset(dataset: Dataset, context?: string): Promise<void> {
    const tags: Record<string, string> = context === undefined ? {} : { "mlflow.data.context": context };
    return this.patiently(() => this.#parts.runs.logDatasets(this.runId, [{ dataset, tags }]));
  }

  /** Writes one file among the run's artifacts. */
  artifact(path: string, content: Uint8Array | string): Promise<void> {
    return this.patiently(() => this.#parts.artifacts.upload(this.info.artifactUri, path, content));
  }

  /** Writes a file of this machine, of any size. */
  artifactFile(path: string, localFile: string): Promise<void> {
    return this.patiently(() => this.#parts.artifacts.uploadFile(this.info.artifactUri, path, localFile));
  }

  /** Writes every file below a folder of this machine. */
  async artifactFolder(path: string, localFolder: string, options: FolderOptions = {}): Promise<void> {
    let { resume } = options;
    await this.patiently(async () => {
      const again = { ...options, resume: resume ?? false };
      // What the first try has sent need not be sent by the next.
      resume = true;
      await this.#parts.artifacts.uploadFolder(this.info.artifactUri, path, localFolder, again);
    });
  }

  /** For requests of one's own about the run, which must bear being done twice: a server that is away is waited for, as with artifacts. */
  patiently<T>(work: () => Promise<T>): Promise<T> {
    return whileAway(this.#parts.settings, this.#parts.patienceSeconds, work);
  }

  /** Resolves when the server has what was logged so far. */
  flush(): Promise<void> {
    return this.#sender.drain(Number.MAX_VALUE);
  }

  /** For `withRun`. The first end counts. @throws MlflowError `UNSENT` */
  end(status: RunStatus, patienceSeconds = this.#parts.patienceSeconds): Promise<void> {
    this.#ended ??= this.#end(status, patienceSeconds);
    return this.#ended;
  }

  /** For `withRun`: the process was told to end, and has seconds. */
  async interrupt(signal: string): Promise<void> {
    this.#interruption.abort(signal);
    const tooLate = new AbortController();
    // A request may hang for longer than the process is given; the journal keeps what it was to bring.
    const given = setTimeout((interruptedPatienceSeconds + 1) * 1000, undefined, { signal: tooLate.signal }).catch(() => {});
    const ended = this.end("KILLED", interruptedPatienceSeconds).finally(() => tooLate.abort());
    await Promise.race([ended, given]);
  }

  #append(entry: Entry): void {
    if (this.#ended !== undefined) {
      const message = `run ${this.runId} has ended and takes no "${entry.item.key}" any more`;
      throw new MlflowError({ status: undefined, code: "RUN_ENDED", message, ...logBatch });
    }
    this.#parts.journal.append(entry);
    this.#sender.wake();
  }

  async #end(status: RunStatus, patienceSeconds: number): Promise<void> {
    const { journal, settings, ownFolder } = this.#parts;
    const end: End = { kind: "end", item: { status, end_time: settings.now() } };
    let failure: unknown;
    try {
      await this.#sender.finish(end, patienceSeconds);
    } catch (error) {
      failure = error;
    }
    const { refusals } = this.#sender;
    const error = failure === undefined && refusals.length === 0 ? undefined : unsent(journal, refusals, failure);
    const isEmpty = journal.waiting === 0;
    journal.close();
    if (isEmpty) journal.remove();
    if (isEmpty && ownFolder) rmdirSync(dirname(journal.file));
    if (error !== undefined) throw error;
  }
}

const interruptedPatienceSeconds = 10;
const logBatch = { method: "POST", path: "/api/2.0/mlflow/runs/log-batch" };
