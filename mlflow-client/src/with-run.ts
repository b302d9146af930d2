import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ActiveRun, type ActiveRunParts } from "./active-run.ts";
import { MlflowError } from "./error.ts";
import type { Experiments } from "./experiments.ts";
import { onInterruption } from "./interruption.ts";
import { isBeingWritten, Journal } from "./journal.ts";
import { sendJournal } from "./recover.ts";
import type { Run } from "./run.ts";
import { measureSystem } from "./system-metrics.ts";

/** Whose run it is: of an experiment by its name (made where it is not there) or its id; or a run that goes on where it stopped. */
export type RunOf = { experiment: string } | { experimentId: string } | { runId: string };

export type RunOptions = RunOf & {
  /** @default a name that the server makes up, or the one that the run has */
  runName?: string;
  params?: Record<string, string | number | boolean>;
  tags?: Record<string, string>;
  /**
   * Folder of the run's journal, `<run id>.journal`. It is gone when the server has everything; after a kill, `recover` sends what it holds.
   * @default a temporary folder, which nobody looks for after a kill
   */
  journal?: string;
  /**
   * CPU and memory of the machine as metrics `system/…`, all so many seconds.
   * @default none
   */
  systemMetricsSeconds?: number;
  /**
   * How long the run's end waits for a server that takes nothing.
   * @default 300
   */
  patienceSeconds?: number;
};

export interface RunTools extends Omit<ActiveRunParts, "info" | "journal" | "ownFolder" | "patienceSeconds"> {
  experiments: Experiments;
}

/** MLflow takes 8,000. */
const maxErrorCharacters = 5_000;

/**
 * Runs the body with a run that is open for it, and ends the run as the body ends: FINISHED; FAILED, with the error in the tag `error`, where
 * the body throws; KILLED where the process is told to end by SIGINT or SIGTERM, after which it ends by that signal.
 *
 * @returns what the body returns
 * @throws what the body throws; MlflowError `UNSENT`, with what and why, where the server did not take everything
 */
export async function withRun<T>(tools: RunTools, options: RunOptions, body: (run: ActiveRun) => Promise<T>): Promise<T> {
  const { warn } = tools.settings;
  const { systemMetricsSeconds: every } = options;
  // A timer takes all of these for a millisecond.
  if (every !== undefined && !(every > 0 && every < Number.POSITIVE_INFINITY)) throw new RangeError(`systemMetricsSeconds: ${every}`);
  const run = await begin(tools, options);
  const callOff = onInterruption((signal) => run.interrupt(signal).catch((unsent: unknown) => warn(String(unsent))));
  const stopMeasuring = every === undefined ? () => {} : measureSystem(run, every, warn);
  try {
    const result = await outcomeOf(run, options, body);
    stopMeasuring();
    if ("error" in result) {
      noteError(run, result.error, warn);
      await run.end("FAILED").catch((unsent: unknown) => warn(String(unsent)));
      throw result.error;
    }
    await run.end("FINISHED");
    return result.value;
  } finally {
    callOff();
  }
}

type Outcome<T> = { value: T } | { error: unknown };

async function outcomeOf<T>(run: ActiveRun, { params = {} }: RunOptions, body: (run: ActiveRun) => Promise<T>): Promise<Outcome<T>> {
  try {
    run.params(params);
    return { value: await body(run) };
  } catch (error) {
    return { error };
  }
}

/** What went wrong may be the very disk that this is written to. */
function noteError(run: ActiveRun, error: unknown, warn: (message: string) => void): void {
  if (run.signal.aborted) return;
  try {
    run.tag("error", inspect(error).slice(0, maxErrorCharacters));
  } catch (unwritten) {
    warn(`run ${run.runId}: ${unwritten instanceof Error ? unwritten.message : unwritten}`);
  }
}

async function begin(tools: RunTools, options: RunOptions): Promise<ActiveRun> {
  const ownFolder = options.journal === undefined;
  const folder = options.journal ?? mkdtempSync(join(tmpdir(), "mlflow-client-"));
  mkdirSync(folder, { recursive: true });
  try {
    const info = "runId" in options ? await resume(tools, options.runId, folder, options) : await create(tools, options);
    const journal = await keptJournal(tools, journalFile(folder, info.runId), info.runId);
    return new ActiveRun({ ...tools, info, journal, ownFolder, patienceSeconds: options.patienceSeconds ?? 300 });
  } catch (error) {
    if (ownFolder) rmSync(folder, { recursive: true });
    throw error;
  }
}

/** A run that has no journal never begins. */
async function keptJournal({ runs, settings }: RunTools, file: string, runId: string): Promise<Journal> {
  try {
    return Journal.create(file, runId);
  } catch (error) {
    await runs.update(runId, { status: "FAILED", endTime: settings.now() });
    throw error;
  }
}

async function create({ experiments, runs, settings }: RunTools, options: Exclude<RunOptions, { runId: string }>): Promise<Run["info"]> {
  const experimentId = "experimentId" in options ? options.experimentId : (await experiments.getOrCreate(options.experiment)).experimentId;
  const { runName, tags } = options;
  return (await runs.create({ experimentId, startTime: settings.now(), ...(runName && { runName }), ...(tags && { tags }) })).info;
}

async function resume(tools: RunTools, runId: string, folder: string, options: RunOptions): Promise<Run["info"]> {
  const { runName, tags, patienceSeconds = 300 } = options;
  const file = journalFile(folder, runId);
  if (existsSync(file) && isBeingWritten(file)) throw inUse(runId, file);
  if (existsSync(file)) await sendJournal(tools, file, patienceSeconds);
  await tools.runs.update(runId, { status: "RUNNING", ...(runName !== undefined && { runName }) });
  if (tags !== undefined) await tools.runs.logBatch(runId, { tags });
  return (await tools.runs.get(runId)).info;
}

function inUse(runId: string, file: string): MlflowError {
  const message = `run ${runId} goes on already: ${file} is being written`;
  return new MlflowError({ status: undefined, code: "RUN_IN_USE", message, method: "POST", path: "/api/2.0/mlflow/runs/update" });
}

function journalFile(folder: string, runId: string): string {
  return join(folder, `${runId}.journal`);
}
