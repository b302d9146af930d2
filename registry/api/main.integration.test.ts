import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

function start(flags: string[], variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const main = join(import.meta.dirname, "main.ts");
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...flags], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

interface LogLine {
  level: number;
  msg: string;
  code?: string;
}

async function* logOf({ stdout }: ChildProcess): AsyncGenerator<LogLine> {
  if (stdout === null) throw new TypeError("the control plane has no stdout");
  for await (const line of createInterface(stdout)) yield JSON.parse(line);
}

test("it listens on this machine only, is ready when it says so, and ends on SIGTERM", async () => {
  const plane = start(["--port", "0"]);
  const ended = once(plane, "exit");
  const lines: string[] = [];
  for await (const { msg } of logOf(plane)) {
    lines.push(msg);
    const address = /^Server listening at (.*)$/.exec(msg)?.[1];
    if (address === undefined) continue;
    expect(new URL(address).hostname).toBe("127.0.0.1");
    expect((await fetch(`${address}/health`)).status).toBe(200);
    expect((await fetch(`${address}/status`)).status).toBe(401);
    plane.kill("SIGTERM");
  }
  expect(await ended).toEqual([0, null]);
  expect(lines.at(-1)).toBe("draining");
});

test.each([
  ["with a port that is none", ["--port", "http"], {}, "control-plane.settings"],
  ["where no region was ever started", ["--port", "0"], { FALCONRY_DIRECTORY: import.meta.dirname }, "environment.unknown"],
])("%s it ends with one line that says why", async (_, flags, variables, code) => {
  const plane = start(flags, variables);
  const ended = once(plane, "exit");
  const lines: LogLine[] = [];
  for await (const line of logOf(plane)) lines.push(line);
  expect(await ended).toEqual([1, null]);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.code).toBe(code);
});
