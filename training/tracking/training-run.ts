import { canonicalJson } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { unreachable } from "@falconry/environment/unreachable.ts";
import { type ActiveRun, type Dataset, type MlflowClient, MlflowError } from "mlflow-client";
import { unwritable } from "../journal/unwritable.ts";

/** Metrics that have one value each, by key. */
export type Metrics = Record<string, number>;

export interface RunSettings {
  /** A new run of an experiment, or one that goes on. */
  of: { experiment: string } | { runId: string };
  tags: Record<string, string>;
  /** Where what MLflow has not taken yet is kept on this machine. */
  folder: string;
  /** How long MLflow may be away. */
  patienceSeconds: number;
  /** Of CPU and memory; none where it is left out. */
  systemMetricsSeconds?: number;
  /** How the training that stops here goes on, for people. */
  resumedBy: string;
  progress: Progress;
}

/** A training's run in MLflow, open until it is closed as finished, failed or killed. Of metrics and parameters each is on disk before it is sent. */
export class TrainingRun {
  readonly #run: ActiveRun;

  private constructor(run: ActiveRun) {
    this.#run = run;
  }

  get id(): string {
    return this.#run.runId;
  }

  get experimentId(): string {
    return this.#run.info.experimentId;
  }

  /**
   * Carries a training out inside of a run, which ends as FINISHED, as FAILED where the training throws, as KILLED where the process is told to end.
   *
   * @throws FalconryError `tracking.unreachable`, `train.in-use`, `train.journal-unwritable`; what `carryOut` throws
   */
  static async during<Result>(
    mlflow: MlflowClient,
    settings: RunSettings,
    carryOut: (run: TrainingRun) => Promise<Result>,
  ): Promise<Result> {
    const { of, tags, folder, patienceSeconds, systemMetricsSeconds, resumedBy, progress } = settings;
    const options = { ...of, tags, journal: folder, patienceSeconds, ...(systemMetricsSeconds !== undefined && { systemMetricsSeconds }) };
    let begun: ActiveRun | undefined;
    try {
      return await mlflow.withRun(options, async (run) => {
        begun = run;
        run.signal.addEventListener("abort", () => progress(`stopped; to go on: ${resumedBy}`));
        return await carryOut(new TrainingRun(run));
      });
    } catch (error) {
      throw explained(error, begun, settings);
    }
  }

  logParameters(params: Record<string, string>): void {
    this.#run.params(params);
  }

  /** @param at milliseconds since the epoch; the same point logged again with the same time is there once */
  logMetrics(metrics: Metrics, at: number, step = 0): void {
    this.#run.metrics(metrics, { timestamp: at, step });
  }

  async logDataset(dataset: Dataset): Promise<void> {
    await this.#run.dataset(dataset, "training");
  }

  /** @param content a text as it is, anything else as canonical JSON */
  async logArtifact(path: string, content: unknown): Promise<void> {
    await this.#run.artifact(path, typeof content === "string" ? content : canonicalJson(content));
  }

  /** Waits for an MLflow that is away; the work must bear being done twice. */
  patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#run.patiently(work);
  }
}

function explained(error: unknown, run: ActiveRun | undefined, { of, patienceSeconds, resumedBy }: RunSettings): unknown {
  if (error instanceof MlflowError && error.code === "RUN_IN_USE") {
    return new FalconryError("train.in-use", { message: error.message, hint: "Wait for it, or end that process", cause: error });
  }
  if ("runId" in of && run === undefined && error instanceof MlflowError && error.status === 404) {
    return new FalconryError("train.nothing-to-resume", {
      message: `MLflow has no run ${of.runId} any more`,
      hint: "Train again, without --resume",
      cause: error,
    });
  }
  const cause = unreachable(error) ?? (error instanceof MlflowError && error.code === "UNSENT" ? unreachable(error.cause) : undefined);
  if (cause === undefined) return unwritable(error);
  if (run === undefined && "experiment" in of) {
    return new FalconryError("tracking.unreachable", {
      message: "MLflow does not answer: no run was started",
      hint: "Bring MLflow back (on this machine: falconry local up), then train again",
      cause,
    });
  }
  return new FalconryError("tracking.unreachable", {
    message: `MLflow has not answered for ${patienceSeconds} s: run ${"runId" in of ? of.runId : run?.runId} is unfinished`,
    hint: `What was measured is kept on this machine: bring MLflow back (on this machine: falconry local up), then run: ${resumedBy}`,
    cause,
  });
}
