import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Ended {
  /** null where a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the `falconry` command as a user would: through its launcher, in a process of its own. */
export async function runFalconry(
  args: string[],
  how: { input?: string; variables?: NodeJS.ProcessEnv; onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void } = {},
) {
  const child = spawn(join(import.meta.dirname, "falconry"), args, { env: { ...process.env, ...how.variables }, stdio: "pipe" });
  child.stdin.on("error", () => {}).end(how.input ?? ""); // a command that fails does not read to the end
  child.stderr.on("data", (chunk: Buffer) => how.onStderr?.(chunk.toString("utf8"), (signal) => child.kill(signal)));
  const exit = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, stdout, stderr } satisfies Ended;
}
