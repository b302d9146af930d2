import { setTimeout } from "node:timers/promises";
import type { ActiveRun } from "./active-run.ts";
import { Artifacts } from "./artifacts.ts";
import { type Authentication, authenticator } from "./authentication.ts";
import { Experiments } from "./experiments.ts";
import { LoggedModels } from "./logged-models.ts";
import { ModelVersions } from "./model-versions.ts";
import { recover } from "./recover.ts";
import { RegisteredModels } from "./registered-models.ts";
import { Runs } from "./runs.ts";
import { managedServer } from "./sagemaker.ts";
import { Transport } from "./transport.ts";
import { type RunOptions, type RunTools, withRun } from "./with-run.ts";

export interface MlflowClientOptions {
  /** An http or https URL, with a path where MLflow stands behind one; or the ARN of an MLflow that SageMaker manages. */
  trackingUri: string;
  /** @default none */
  authentication?: Authentication;
  /**
   * Until the whole answer of one try has come; of a file that is sent or fetched, until the next piece has.
   * @default 120
   */
  timeoutSeconds?: number;
  /**
   * Tries in all for a request that may be sent again.
   * @default 5
   */
  attempts?: number;
  /**
   * What sends the requests.
   * @default Node's fetch
   */
  fetch?: typeof fetch;
  /** In [0, 1); jitter of the waits between tries. */
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /**
   * Told what goes on behind a run: the server is away, a failed run could not be sent whole.
   * @default process.emitWarning
   */
  warn?: (message: string) => void;
}

/** MLflow's REST API, one member per group. Every method throws MlflowError for what MLflow refuses or does not answer. */
export class MlflowClient {
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly loggedModels: LoggedModels;
  readonly registeredModels: RegisteredModels;
  readonly modelVersions: ModelVersions;
  readonly #runTools: RunTools;

  constructor(options: MlflowClientOptions) {
    const { random = Math.random, sleep = setTimeout, now = Date.now, authentication = { type: "none" } } = options;
    const transport = new Transport({
      trackingUri: managedServer(options.trackingUri)?.url ?? options.trackingUri,
      authenticate: authenticator(authentication, now),
      timeoutSeconds: options.timeoutSeconds ?? 120,
      attempts: options.attempts ?? 5,
      fetch: options.fetch ?? fetch,
      random,
      sleep,
    });
    const warn = options.warn ?? ((message: string) => process.emitWarning(message, "MlflowWarning"));
    this.experiments = new Experiments(transport);
    this.runs = new Runs(transport);
    this.artifacts = new Artifacts(transport, { random, sleep });
    this.loggedModels = new LoggedModels(transport);
    this.registeredModels = new RegisteredModels(transport);
    this.modelVersions = new ModelVersions(transport);
    const { experiments, runs, artifacts } = this;
    this.#runTools = { transport, experiments, runs, artifacts, settings: { random, sleep, now, warn } };
  }

  /** Opens a run for the body, and ends it as the body ends. @see withRun in src/with-run.ts for what happens when */
  withRun<T>(options: RunOptions, body: (run: ActiveRun) => Promise<T>): Promise<T> {
    return withRun(this.#runTools, options, body);
  }

  /**
   * Sends what killed processes have left in a folder of journals, and ends their runs: as they were to end, or as KILLED.
   *
   * @returns the runs
   * @throws MlflowError `UNSENT`
   */
  recover(journalFolder: string, { patienceSeconds = 300 }: { patienceSeconds?: number } = {}): Promise<string[]> {
    return recover(this.#runTools, journalFolder, patienceSeconds);
  }
}
