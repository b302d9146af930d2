import { join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { withLock } from "@falconry/environment/lock.ts";
import type { Progress } from "@falconry/environment/progress.ts";

const patienceSeconds = 120;

/**
 * Does the work while holding the region's lock, so that two commands never change one region at the same time.
 *
 * @throws FalconryError `local.busy` – another command kept it for two minutes
 */
export async function withRegionLocked<Result>(directory: string, progress: Progress, work: () => Promise<Result>): Promise<Result> {
  const waiting = {
    onWait: () => progress("another command is at work on this region: waiting for it"),
    patience: {
      seconds: patienceSeconds,
      busy: () =>
        new FalconryError("local.busy", {
          message: `another command has been changing the region in ${directory} for ${patienceSeconds} s`,
          hint: "Wait for it to end, or end it, and run the command again",
        }),
    },
  };
  return await withLock(join(directory, "region.lock"), waiting, work);
}
