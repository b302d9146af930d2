import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "./clock.ts";
import { isRunning, type ProcessRecord, processRecordSchema } from "./process-record.ts";

/** Each container's folder is `containers/<id>/` in the host's directory; its process stands in `process.json` there. */
export const containersFolder = "containers";
export const processFile = "process.json";

/** How long a container may drain before it is killed. */
const graceMilliseconds = 5_000;

/**
 * Stops the containers that a killed host left running, and removes their folders.
 *
 * @returns the ids of the containers whose process still ran
 */
export async function stopLeftBehind(directory: string, clock: Clock = systemClock): Promise<string[]> {
  const folder = join(directory, containersFolder);
  const ids = await readdir(folder).catch(absent<string[]>([]));
  const stopped = await Promise.all(ids.map((id) => stopContainer(join(folder, id), clock)));
  return ids.filter((_, index) => stopped[index]);
}

async function stopContainer(folder: string, clock: Clock): Promise<boolean> {
  const text = await readFile(join(folder, processFile), "utf8").catch(absent<string | undefined>(undefined));
  const record = text === undefined ? undefined : processRecordSchema.parse(JSON.parse(text));
  const running = record !== undefined && isRunning(record);
  if (running) await stopProcess(record, clock);
  await rm(folder, { recursive: true, force: true });
  return running;
}

async function stopProcess(record: ProcessRecord, clock: Clock): Promise<void> {
  process.kill(record.pid, "SIGTERM");
  const deadline = clock.now().getTime() + graceMilliseconds;
  while (isRunning(record)) {
    if (clock.now().getTime() >= deadline) process.kill(record.pid, "SIGKILL");
    await clock.sleep(50);
  }
}

function absent<Value>(value: Value) {
  return (error: NodeJS.ErrnoException): Value => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return value;
    throw error;
  };
}
