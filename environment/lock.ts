import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";

/** A holder that was killed stops touching its lock: after this long it counts as gone. */
const staleMilliseconds = 5_000;
const touchMilliseconds = 1_000;
const retryMilliseconds = 250;

interface Waiting {
  /** Called once, where somebody else holds the lock. */
  onWait: () => void;
  /** @default for as long as the holder lives */
  patience?: { seconds: number /** What to throw at its end. */; busy: () => Error };
}

/** Does the work while holding a lock, so that processes of this machine do it one after the other; a holder that was killed holds nothing. */
export async function withLock<Result>(path: string, { onWait, patience }: Waiting, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  let release = await tryToLock(path, { retries: 0 });
  if (release === undefined) {
    onWait();
    release = await tryToLock(
      path,
      patience === undefined ? { forever: true } : { retries: (patience.seconds * 1000) / retryMilliseconds },
    );
    if (release === undefined) throw patience?.busy() ?? new Error(`${path} is held by somebody else`);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

/** @returns what gives the lock back; undefined where somebody else holds it */
async function tryToLock(path: string, retries: { retries: number } | { forever: true }): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(path, {
      lockfilePath: path,
      realpath: false,
      stale: staleMilliseconds,
      update: touchMilliseconds,
      retries: { ...retries, minTimeout: retryMilliseconds, maxTimeout: retryMilliseconds },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED") return undefined;
    throw error;
  }
}
