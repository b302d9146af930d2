import { cpus, freemem, totalmem } from "node:os";
import type { ActiveRun } from "./active-run.ts";

const mebibyte = 2 ** 20;

/**
 * Logs the machine's load under the names that MLflow's own client uses, and the memory of this process; the step counts the samples.
 *
 * @returns ends it, with one more sample
 */
export function measureSystem(
  run: Pick<ActiveRun, "metrics" | "signal">,
  everySeconds: number,
  warn: (message: string) => void,
): () => void {
  let step = 0;
  let before = cpuTimes();
  const sample = () => {
    if (run.signal.aborted) return;
    const now = cpuTimes();
    const busy = now.total === before.total ? 0 : (now.busy - before.busy) / (now.total - before.total);
    before = now;
    const used = totalmem() - freemem();
    run.metrics(
      {
        "system/cpu_utilization_percentage": 100 * busy,
        "system/system_memory_usage_megabytes": used / mebibyte,
        "system/system_memory_usage_percentage": (100 * used) / totalmem(),
        "system/process_memory_megabytes": process.memoryUsage.rss() / mebibyte,
      },
      { step: step++ },
    );
  };
  const timer = setInterval(measure, everySeconds * 1000).unref();
  return () => {
    clearInterval(timer);
    measure();
  };

  /** Nothing fails because it is being watched. */
  function measure(): void {
    try {
      sample();
    } catch (error) {
      clearInterval(timer);
      warn(`system metrics: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Milliseconds of all cores since the machine was started. */
function cpuTimes(): { busy: number; total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}
