import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { OwnProgram } from "@falconry/environment/own-program.ts";
import writeFileAtomic from "write-file-atomic";
import type { Clock } from "./clock.ts";
import { processFile } from "./left-behind.ts";
import type { MetricCollector } from "./metrics/metric-collector.ts";
import { ContainerConnections, type Invocation, NeverArrived } from "./passage/container-connections.ts";
import type { HttpMessage } from "./passage/http-message.ts";
import { recordProcess } from "./process-record.ts";

export interface ContainerOptions {
  program: OwnProgram;
  /** Variables of the SageMaker model; the host's own are not passed on. */
  environment: Record<string, string>;
  /** The container's own folder, which holds `model/`. Removed when it stops. */
  folder: string;
  port: number;
  /** Collects the metrics that it writes to its log. */
  collector: MetricCollector;
  clock: Clock;
}

/** SageMaker's limit for one invocation. */
const invocationMilliseconds = 60_000;
/** How long a container has after SIGTERM, as at SageMaker. */
const stopMilliseconds = 30_000;
const pingEveryMilliseconds = 50;
const pingMilliseconds = 2_000;
const tailCharacters = 700;

/** One running container: a process with its own port, folder and log. */
export class ContainerProcess {
  /** Requests that were sent to it and are not answered. */
  inFlight = 0;
  /** It listens no more: known before the kernel says that it is dead. */
  isDeaf = false;
  /** Resolves when the process has ended, with words on how. */
  readonly exited: Promise<string>;
  readonly #options: ContainerOptions;
  readonly #child: ChildProcess;
  readonly #connections: ContainerConnections;
  readonly #endCollecting: () => Promise<void>;
  #exit: string | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(options: ContainerOptions, child: ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.#endCollecting = options.collector.follow(logFile(options.folder));
    this.#connections = new ContainerConnections(options.port, invocationMilliseconds);
    this.exited = new Promise((resolve) => {
      const ended = (how: string) => {
        this.#exit ??= how;
        resolve(this.#exit);
      };
      child.once("error", (error) => ended(error.message));
      child.once("exit", (code, signal) => ended(signal === null ? `exited with code ${code}` : `was ended by ${signal}`));
    });
  }

  /**
   * Starts the process. It runs the program only after its record is on disk, so that a host that is killed at any moment leaves
   * nothing behind that the next one cannot find.
   */
  static async start(options: ContainerOptions): Promise<ContainerProcess> {
    const { folder, program, environment, port } = options;
    await mkdir(folder, { recursive: true });
    const log = openSync(logFile(folder), "a");
    const child = spawn("/bin/sh", ["-c", 'read -r go && exec "$0" "$@" </dev/null', program.command, ...program.arguments], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...program.variables,
        ...environment,
        SAGEMAKER_BIND_TO_PORT: String(port),
        SM_MODEL_DIR: join(folder, "model"),
      },
      stdio: ["pipe", log, log],
    });
    closeSync(log);
    const container = new ContainerProcess(options, child);
    const record = child.pid === undefined ? undefined : recordProcess(child.pid);
    if (record !== undefined) await writeFileAtomic(join(folder, processFile), JSON.stringify(record));
    child.stdin?.on("error", () => {});
    child.stdin?.end("go\n");
    return container;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /**
   * Waits for the first /ping that is answered with 200.
   *
   * @throws Error with the tail of the container's log, when it ends first or takes longer than the limit
   */
  async healthy(limitMilliseconds: number): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.now().getTime() + limitMilliseconds;
    while (clock.now().getTime() < deadline) {
      if (this.#exit !== undefined) throw new Error(`The container ${this.#exit}. ${await this.lastWords()}`);
      if (await this.#ping()) return;
      await clock.sleep(pingEveryMilliseconds);
    }
    throw new Error(`The container did not answer within ${limitMilliseconds / 1000} s. ${await this.lastWords()}`);
  }

  /** Passes a request on. @throws LateAnswer; NeverArrived, and it is asked no more; Error where it ended before it answered */
  async invoke(invocation: Invocation): Promise<HttpMessage> {
    this.inFlight += 1;
    try {
      return await this.#connections.invoke(invocation);
    } catch (error) {
      this.isDeaf ||= error instanceof NeverArrived;
      throw error;
    } finally {
      this.inFlight -= 1;
    }
  }

  /** The end of its log. */
  async lastWords(): Promise<string> {
    const text = await readFile(logFile(this.#options.folder), "utf8").catch(() => "");
    return text.trim() === "" ? "Its log is empty." : `Its log ends: ${text.trim().slice(-tailCharacters)}`;
  }

  /** Lets requests in flight finish, ends the process, removes its folder. Once, however many ask: its death and the fleet's end may coincide. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    const { clock, folder } = this.#options;
    const drained = () => !this.running || this.inFlight === 0;
    await poll(clock, invocationMilliseconds, drained);
    this.#child.kill("SIGTERM");
    await poll(clock, stopMilliseconds, () => !this.running);
    if (this.running) this.#child.kill("SIGKILL");
    await this.exited;
    this.#connections.close();
    await this.#endCollecting();
    await rm(folder, { recursive: true, force: true });
  }

  async #ping(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#options.port}/ping`, { signal: AbortSignal.timeout(pingMilliseconds) })).ok;
    } catch {
      return false;
    }
  }
}

async function poll(clock: Clock, limitMilliseconds: number, done: () => boolean): Promise<void> {
  const deadline = clock.now().getTime() + limitMilliseconds;
  while (!done() && clock.now().getTime() < deadline) await clock.sleep(10);
}

function logFile(folder: string): string {
  return join(folder, "container.log");
}
