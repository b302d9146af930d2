import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceName } from "./service.ts";

/** The end of a log that is read at most; no line of a service is anywhere near as long. */
const MAX_TAIL_BYTES = 256 * 1024;

export function logFile(folder: string, service: ServiceName): string {
  return join(folder, "logs", `${service}.log`);
}

/**
 * The last lines of a service's log.
 *
 * @param from offset in bytes of the first line that counts
 */
export async function logTail(folder: string, service: ServiceName, lines: number, from = 0): Promise<string[]> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(logFile(folder, service));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - MAX_TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - start, 0)), { position: start });
    const text = buffer.subarray(0, bytesRead).toString("utf8").trimEnd();
    return text === "" ? [] : text.split("\n").slice(-lines);
  } finally {
    await file.close();
  }
}
