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
import { type S3Settings, S3Store } from "./s3-store.ts";
import { managedServer } from "./sagemaker.ts";
import { ServerStore } from "./server-store.ts";
import { stores } from "./stores.ts";
import { Transport } from "./transport.ts";
import { type RunOptions, type RunTools, withRun } from "./with-run.ts";

export interface MlflowClientOptions {
  /** An http or https URL, with a path where MLflow stands behind one; or the ARN of an MLflow that SageMaker manages. */
  trackingUri: string;
  /** @default none */
  authentication?: Authentication;
  /**
   * For artifacts that the tracking server leaves to its clients, under `s3://…`.
   * @default with SigV4 the same credentials, in the server's region; otherwise none
   */
  s3?: S3Settings;
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
    const managed = managedServer(options.trackingUri);
    const sending = {
      timeoutSeconds: options.timeoutSeconds ?? 120,
      attempts: options.attempts ?? 5,
      fetch: options.fetch ?? fetch,
      random,
      sleep,
    };
    const transport = new Transport({
      ...sending,
      server: "MLflow",
      uri: managed?.url ?? options.trackingUri,
      authenticate: authenticator(authentication, now),
    });
    const s3 = options.s3 ?? s3Of(authentication);
    const bucketStore = s3 && ((bucket: string) => new S3Store(bucket, s3, sending, now));
    const warn = options.warn ?? ((message: string) => process.emitWarning(message, "MlflowWarning"));
    this.experiments = new Experiments(transport);
    this.runs = new Runs(transport);
    this.artifacts = new Artifacts(stores(new ServerStore(transport, { random, sleep }), bucketStore));
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

/** What may read SageMaker's MLflow may read its bucket. */
function s3Of(authentication: Authentication): S3Settings | undefined {
  if (authentication.type !== "sigv4") return undefined;
  const { trackingServerArn, credentials } = authentication;
  const server = managedServer(trackingServerArn);
  return server && { region: server.region, credentials };
}
