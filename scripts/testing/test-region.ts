import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ownProgram } from "@falconry/environment/own-program.ts";

/** A real region in a temporary folder. */
export interface TestRegion {
  folder: string;
  /** Takes the region down and removes its folder. */
  stop(): Promise<void>;
}

/** The region is kept by a process of its own, which outlives this one however it ends, and then takes the region down. */
export async function startTestRegion(): Promise<TestRegion> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-test-"));
  const node = ownProgram(join(import.meta.dirname, "keep-region.ts"));
  const keeper = spawn(node.command, [...node.arguments, folder], {
    env: { ...process.env, ...node.variables },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // Ctrl-C is for the tests; the keeper has work to do then
  });
  await isUp(keeper);
  return { folder, stop: () => dismiss(keeper) };
}

async function isUp(keeper: ChildProcess): Promise<void> {
  if (keeper.stdout === null) throw new TypeError("the keeper of the test region has no stdout");
  for await (const line of createInterface(keeper.stdout)) {
    if (line === "up") return;
  }
  throw new Error("the test region did not come up: see above");
}

async function dismiss(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return;
  const ended = once(keeper, "exit");
  keeper.stdin?.end();
  await ended;
}
