import { rm } from "node:fs/promises";
import { FalconryError } from "@falconry/environment/error.ts";
import type { MlflowClient } from "mlflow-client";
import { type JournalHeader, TrainingJournal } from "../journal/training-journal.ts";
import { journalFile, type Unfinished } from "../journal/unfinished.ts";
import { type RunSettings, TrainingRun } from "./training-run.ts";

/** A run's id is known when it has begun. */
export type Asked = Omit<JournalHeader, "format" | "run">;

/** Where the environment stopped a training, it may go on; what the training itself refuses would be refused again. */
const environmentsFault = 4;

/**
 * A run together with the journal that it can go on from, which is there for as long as the training is unfinished.
 *
 * @param unfinished what is to go on @param now milliseconds since the epoch
 * @throws FalconryError `train.journal-unwritable`, those of {@link TrainingRun.during}; what `carryOut` throws
 */
export async function resumableRun<Result>(
  mlflow: MlflowClient,
  settings: RunSettings,
  asked: Asked,
  unfinished: Unfinished | undefined,
  now: () => number,
  carryOut: (run: TrainingRun, journal: TrainingJournal) => Promise<Result>,
): Promise<Result> {
  let file = unfinished?.file;
  try {
    const result = await TrainingRun.during(mlflow, settings, async (run) => {
      file = journalFile(settings.folder, run.id);
      const journal =
        unfinished === undefined
          ? await TrainingJournal.create(file, { format: 1, run: run.id, ...asked }, now)
          : TrainingJournal.open(file, now);
      try {
        return await carryOut(run, journal);
      } finally {
        journal.close();
      }
    });
    if (file !== undefined) await rm(file);
    return result;
  } catch (error) {
    const isFinal = error instanceof FalconryError && error.exitCode !== environmentsFault && error.code !== "train.in-use";
    if (file !== undefined && isFinal) await rm(file, { force: true });
    throw error;
  }
}
