import { canonicalJson } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { unreachable } from "@falconry/environment/unreachable.ts";
import type { MlflowClient, Run } from "mlflow-client";

/** Metrics that have one value each, by key. */
export type Metrics = Record<string, number>;

/** A training's run in MLflow, open until it is closed as finished or failed. */
export class TrainingRun {
  readonly id: string;
  readonly experimentId: string;
  readonly #mlflow: MlflowClient;
  readonly #artifactUri: string;
  readonly #now: () => number;
  readonly #logged: string[] = [];

  private constructor(mlflow: MlflowClient, run: Run, now: () => number) {
    this.#mlflow = mlflow;
    this.id = run.info.runId;
    this.experimentId = run.info.experimentId;
    this.#artifactUri = run.info.artifactUri;
    this.#now = now;
  }

  /**
   * Carries a training out inside of a run, which ends as FINISHED, or as FAILED where the training throws.
   *
   * @param now milliseconds since the epoch
   * @throws FalconryError `tracking.unreachable`; what `carryOut` throws
   */
  static async during<Result>(
    mlflow: MlflowClient,
    { experiment, tags, now }: { experiment: string; tags: Record<string, string>; now: () => number },
    carryOut: (run: TrainingRun) => Promise<Result>,
  ): Promise<Result> {
    let run: TrainingRun | undefined;
    try {
      const { experimentId } = await mlflow.experiments.getOrCreate(experiment);
      run = new TrainingRun(mlflow, await mlflow.runs.create({ experimentId, tags, startTime: now() }), now);
      const result = await carryOut(run);
      await mlflow.runs.update(run.id, { status: "FINISHED", endTime: now() });
      return result;
    } catch (error) {
      const stopped = unreachable(error);
      if (stopped !== undefined) throw trackingUnreachable(stopped, run);
      // the training's own failure says more than one to write it down
      if (run !== undefined) await mlflow.runs.update(run.id, { status: "FAILED", endTime: now() }).catch(() => {});
      throw error;
    }
  }

  /** What reached MLflow, for people. */
  get logged(): string {
    return this.#logged.length === 0 ? "nothing but its start" : this.#logged.join(", ");
  }

  async logParameters(params: Record<string, string>): Promise<void> {
    await this.#mlflow.runs.logBatch(this.id, { params });
    this.#logged.push("parameters");
  }

  /** @param folds of a metric that has a value per fold: they become its steps */
  async logMetrics(metrics: Metrics, folds: Record<string, number[]> = {}): Promise<void> {
    const timestamp = this.#now();
    const points = [
      ...Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 })),
      ...Object.entries(folds).flatMap(([key, values]) => values.map((value, step) => ({ key, value, timestamp, step }))),
    ];
    await this.#mlflow.runs.logBatch(this.id, { metrics: points });
    this.#logged.push("metrics");
  }

  async logDataset(dataset: Parameters<MlflowClient["runs"]["logDatasets"]>[1][number]["dataset"]): Promise<void> {
    await this.#mlflow.runs.logDatasets(this.id, [{ dataset, tags: { "mlflow.data.context": "training" } }]);
    this.#logged.push("dataset");
  }

  /** @param content a text as it is, anything else as canonical JSON */
  async logArtifact(path: string, content: unknown): Promise<void> {
    await this.#mlflow.artifacts.upload(this.#artifactUri, path, typeof content === "string" ? content : canonicalJson(content));
    this.#logged.push(path);
  }

  noteLogged(what: string): void {
    this.#logged.push(what);
  }
}

function trackingUnreachable(cause: FalconryError, run: TrainingRun | undefined): FalconryError {
  const reached = run === undefined ? "no run was started" : `run ${run.id} holds ${run.logged}, and no version was registered`;
  return new FalconryError("tracking.unreachable", {
    message: `MLflow stopped answering: ${reached}`,
    hint: "Dataset version and features are stored and stay: bring MLflow back (on this machine: falconry local up), then train again",
    cause,
  });
}
