import { findProcess } from "@falconry/environment/process-table.ts";
import { z } from "zod";

/** One process of this machine for ever: its id comes again, its id together with its start does not. */
export const processRecordSchema = z.object({
  pid: z.number().int().positive(),
  /** Clock ticks between boot and start: field 22 of /proc/<pid>/stat. */
  startTicks: z.string().regex(/^\d+$/),
});

export type ProcessRecord = z.infer<typeof processRecordSchema>;

/** @returns undefined where no such process runs */
export function recordProcess(pid: number): ProcessRecord | undefined {
  const process = findProcess(pid);
  return process && { pid, startTicks: String(process.startTime) };
}

export function isRunning(record: ProcessRecord): boolean {
  return recordProcess(record.pid)?.startTicks === record.startTicks;
}
