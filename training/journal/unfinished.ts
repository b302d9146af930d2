import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { stateFolder } from "@falconry/environment/state-folder.ts";
import { type JournalHeader, readHeader } from "./training-journal.ts";

const suffix = ".jsonl";

/** Where an environment's unfinished trainings are kept on this machine, with what they have not sent to MLflow yet. */
export function trainingsFolder(environment: string): string {
  return join(stateFolder(environment), "trainings");
}

export function journalFile(folder: string, run: string): string {
  return join(folder, `${run}${suffix}`);
}

/** A training that was begun and has not ended; it may be under way. */
export interface Unfinished {
  file: string;
  header: JournalHeader;
}

/** The training of the workload that was begun last and has not ended. @throws FalconryError `train.nothing-to-resume` */
export async function lastUnfinished(folder: string, workload: string): Promise<Unfinished> {
  const journals = (await namesIn(folder)).filter((name) => name.endsWith(suffix)).map((name) => join(folder, name));
  const unfinished = journals.flatMap((file) => {
    const header = readHeader(file);
    return header?.workload === workload ? [{ file, header }] : [];
  });
  const [last] = unfinished.sort((one, other) => other.header.startedAt - one.header.startedAt);
  if (last !== undefined) return last;
  throw new FalconryError("train.nothing-to-resume", {
    message: `no training of "${workload}" is unfinished on this machine`,
    hint: "Leave --resume out: there is nothing to go on with",
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
