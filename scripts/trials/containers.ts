import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { endpointHostFolder } from "@falconry/infra/local/services/endpoint-host.ts";
import { containersFolder, processFile } from "@falconry/serving/endpoint-host/left-behind.ts";
import { isRunning, processRecordSchema } from "@falconry/serving/endpoint-host/process-record.ts";

/** Processes of an endpoint's containers, children of the region's endpoint host; the one that was started last comes last. */
export async function containersOf(regionFolder: string, endpoint: string): Promise<number[]> {
  const folder = join(endpointHostFolder(regionFolder), containersFolder);
  const ids = (await readdir(folder)).filter((id) => id.startsWith(`${endpoint}-`)).sort((one, other) => started(one) - started(other));
  const pids = await Promise.all(ids.map((id) => runningPid(join(folder, id, processFile))));
  return pids.filter((pid) => pid !== undefined);
}

/** The host numbers its containers. */
function started(id: string): number {
  return Number(id.split("-").at(-1));
}

/** @returns undefined for one that is about to start or was just removed */
async function runningPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  const record = text === undefined ? undefined : processRecordSchema.parse(JSON.parse(text));
  return record !== undefined && isRunning(record) ? record.pid : undefined;
}
