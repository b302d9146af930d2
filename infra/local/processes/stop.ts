import { setTimeout as sleep } from "node:timers/promises";
import { type KernelProcess, processTable } from "@falconry/environment/process-table.ts";

/** What a service gets between SIGTERM and SIGKILL: the emulator and MLflow need two at most. */
export const STOP_GRACE_SECONDS = 10;

const POLL_MILLISECONDS = 50;

/**
 * Ends processes: SIGTERM first, SIGKILL for whatever is left after the grace period. Returns when none of them runs.
 *
 * @param find names the processes to end; it is asked again and again, so that children started meanwhile are ended as well
 * @returns how many were ended
 */
export async function stopProcesses(find: (all: KernelProcess[]) => Promise<KernelProcess[]>, graceSeconds: number): Promise<number> {
  const asked = new Set<number>();
  const deadline = performance.now() + graceSeconds * 1000;
  for (;;) {
    const left = await find(await processTable());
    if (left.length === 0) return asked.size;
    const late = performance.now() > deadline;
    for (const { pid } of left) {
      if (late) signal(pid, "SIGKILL");
      else if (!asked.has(pid)) signal(pid, "SIGTERM");
      asked.add(pid);
    }
    await sleep(POLL_MILLISECONDS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
