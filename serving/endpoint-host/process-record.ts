import { readFileSync } from "node:fs";
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
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 2 is the program's name in brackets and may hold spaces and brackets itself.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTicks = fields[18];
    return startTicks === undefined || state === "Z" ? undefined : { pid, startTicks };
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return undefined;
    throw error;
  }
}

export function isRunning(record: ProcessRecord): boolean {
  return recordProcess(record.pid)?.startTicks === record.startTicks;
}
