import { setTimeout } from "node:timers/promises";
import { Artifacts } from "./artifacts.ts";
import { Experiments } from "./experiments.ts";
import { LoggedModels } from "./logged-models.ts";
import { ModelVersions } from "./model-versions.ts";
import { RegisteredModels } from "./registered-models.ts";
import { Runs } from "./runs.ts";
import { Transport } from "./transport.ts";

export interface MlflowClientOptions {
  /** An http or https URL, with a path where MLflow stands behind one. */
  trackingUri: string;
  /**
   * Until the whole answer of one try has come.
   * @default 120
   */
  timeoutSeconds?: number;
  /**
   * Tries in all for a request that may be sent again.
   * @default 5
   */
  attempts?: number;
  /**
   * What sends the requests: the place to add authentication.
   * @default Node's fetch
   */
  fetch?: typeof fetch;
  /** In [0, 1); jitter of the waits between tries. */
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** MLflow's REST API, one member per group. Every method throws MlflowError for what MLflow refuses or does not answer. */
export class MlflowClient {
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly loggedModels: LoggedModels;
  readonly registeredModels: RegisteredModels;
  readonly modelVersions: ModelVersions;

  constructor(options: MlflowClientOptions) {
    const transport = new Transport({
      trackingUri: options.trackingUri,
      timeoutSeconds: options.timeoutSeconds ?? 120,
      attempts: options.attempts ?? 5,
      fetch: options.fetch ?? fetch,
      random: options.random ?? Math.random,
      sleep: options.sleep ?? setTimeout,
    });
    this.experiments = new Experiments(transport);
    this.runs = new Runs(transport);
    this.artifacts = new Artifacts(transport);
    this.loggedModels = new LoggedModels(transport);
    this.registeredModels = new RegisteredModels(transport);
    this.modelVersions = new ModelVersions(transport);
  }
}
