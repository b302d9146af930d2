import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Gives the integration tests one real region in a temporary folder, and names it in FALCONRY_DIRECTORY.
 * A region that FALCONRY_DIRECTORY names already is used as it is, and left up.
 *
 * @returns what takes the region down again
 */
export default async function startTestRegion(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.FALCONRY_DIRECTORY) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "falconry-test-"));
  const keeper = startKeeper(folder);
  await isUp(keeper);
  process.env.FALCONRY_DIRECTORY = folder;
  return () => dismiss(keeper);
}

/** The region is kept by a process of its own, which outlives this one however it ends, and then takes the region down. */
function startKeeper(folder: string): ChildProcess {
  const program = fileURLToPath(new URL("keep-region.ts", import.meta.url));
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // Ctrl-C is for the tests; the keeper has work to do then
  });
}

async function isUp(keeper: ChildProcess): Promise<void> {
  if (keeper.stdout === null) throw new Error("the keeper of the test region has no stdout");
  for await (const line of createInterface(keeper.stdout)) {
    if (line === "up") return;
  }
  throw new Error("the test region did not come up: see above");
}

async function dismiss(keeper: ChildProcess): Promise<void> {
  const ended = once(keeper, "exit");
  keeper.stdin?.end();
  await ended;
}
