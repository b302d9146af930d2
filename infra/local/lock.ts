import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { lock } from "proper-lockfile";

/** A holder that was killed stops touching its lock: after this long it counts as gone. */
const STALE_MILLISECONDS = 5_000;
const TOUCH_MILLISECONDS = 1_000;
const RETRY_MILLISECONDS = 250;
const PATIENCE_SECONDS = 120;

/**
 * Does the work while holding the region's lock, so that two commands never change one region at the same time. The folder must exist.
 *
 * @throws FalconryError `local.busy` – another command kept it for two minutes
 */
export async function withRegionLocked<Result>(directory: string, progress: Progress, work: () => Promise<Result>): Promise<Result> {
  let release = await tryToLock(directory, 0);
  if (release === undefined) {
    progress("another command is at work on this region: waiting for it");
    release = await tryToLock(directory, (PATIENCE_SECONDS * 1000) / RETRY_MILLISECONDS);
  }
  if (release === undefined) {
    throw new FalconryError("local.busy", {
      message: `another command has been changing the region in ${directory} for ${PATIENCE_SECONDS} s`,
      hint: "Wait for it to end, or end it, and run the command again",
    });
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

/** @returns what gives the lock back; undefined where somebody else holds it */
async function tryToLock(directory: string, retries: number): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(directory, {
      lockfilePath: `${directory}/region.lock`,
      stale: STALE_MILLISECONDS,
      update: TOUCH_MILLISECONDS,
      retries: { retries, minTimeout: RETRY_MILLISECONDS, maxTimeout: RETRY_MILLISECONDS },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED") return undefined;
    throw error;
  }
}
