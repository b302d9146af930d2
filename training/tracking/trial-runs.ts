import { type MlflowClient, where } from "mlflow-client";
import { meansOf } from "../evaluation/measure.ts";
import type { Trial } from "../search/trial.ts";
import type { TrainingRun } from "./training-run.ts";

const parentTag = "mlflow.parentRunId";
const trialTag = "falconry.trial";

/**
 * A run in MLflow for each trial of a search, a child of the training's. They are written one after the other while the search goes on; what is written again
 * after a kill or a lost answer is there once.
 */
export class TrialRuns {
  readonly #mlflow: MlflowClient;
  readonly #parent: TrainingRun;
  readonly #tags: Record<string, string>;
  readonly #ids = new Map<number, string>();
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  /** @param tags of each child, beside what makes it one */
  constructor(mlflow: MlflowClient, parent: TrainingRun, tags: Record<string, string>) {
    this.#mlflow = mlflow;
    this.#parent = parent;
    this.#tags = tags;
  }

  /** Has the trial written as it stands now. */
  write(trial: Trial): void {
    const now = { ...trial, folds: [...trial.folds] };
    this.#written = this.#written
      .then(() => (this.#failure === undefined ? this.#parent.patiently(() => this.#write(now)) : undefined))
      .catch((failure: unknown) => {
        this.#failure = failure;
      });
  }

  /** Resolves when all are written. @throws what kept one from being written */
  async settled(): Promise<void> {
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(trial: Trial): Promise<void> {
    const { candidate, folds, failure } = trial;
    const runId = await this.#idOf(trial);
    const metrics = folds.flatMap(({ metrics, at }, step) =>
      Object.entries(metrics).map(([key, value]) => ({ key: `fold.${key}`, value, timestamp: at, step })),
    );
    const last = { timestamp: folds.at(-1)?.at ?? 0, step: folds.length - 1 };
    const means = Object.entries(meansOf(folds.map(({ metrics }) => metrics))).map(([key, value]) => ({
      key: `cv.${key}`,
      value,
      ...last,
    }));
    await this.#mlflow.runs.logBatch(runId, {
      params: { candidate: trial.of, ...candidate.settings },
      metrics: [...metrics, ...means],
      tags: { "falconry.folds": String(folds.length), ...(failure !== undefined && { error: failure }) },
    });
    const endTime = folds.at(-1)?.at;
    await this.#mlflow.runs.update(runId, {
      status: failure === undefined ? "FINISHED" : "FAILED",
      ...(endTime !== undefined && { endTime }),
    });
  }

  async #idOf({ number, of, folds }: Trial): Promise<string> {
    const known = this.#ids.get(number) ?? (await this.#find(number));
    const startTime = folds[0]?.at;
    const runId =
      known ??
      (
        await this.#mlflow.runs.create({
          experimentId: this.#parent.experimentId,
          runName: `trial ${number}: ${of}`,
          tags: { ...this.#tags, [parentTag]: this.#parent.id, [trialTag]: String(number) },
          ...(startTime !== undefined && { startTime }),
        })
      ).info.runId;
    this.#ids.set(number, runId);
    return runId;
  }

  async #find(number: number): Promise<string | undefined> {
    const filter = where.run
      .tag(parentTag)
      .is(this.#parent.id)
      .and(where.run.tag(trialTag).is(String(number)));
    for await (const { info } of this.#mlflow.runs.search({ experimentIds: [this.#parent.experimentId], filter, pageSize: 1 }))
      return info.runId;
    return undefined;
  }
}
