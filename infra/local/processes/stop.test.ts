import { spawn } from "node:child_process";
import { once } from "node:events";
import { findProcess, type KernelProcess } from "@falconry/environment/process-table.ts";
import { expect, test } from "vitest";
import { processesOf } from "./service-processes.ts";
import { stopProcesses } from "./stop.ts";

const region = (name: string) => `/regions/${name}-${process.pid}`;

test("a process that ends on SIGTERM is ended", async () => {
  const pid = await start("setInterval(() => {}, 1000); console.log('ready')", region("polite"));
  expect(await stopProcesses(processesOf(region("polite")), 10)).toBe(1);
  expect(findProcess(pid)).toBeUndefined();
});

test("one that ignores SIGTERM is killed after the grace period", async () => {
  const pid = await start("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')", region("deaf"));
  expect(await stopProcesses(processesOf(region("deaf")), 0.2)).toBe(1);
  expect(findProcess(pid)).toBeUndefined();
});

test("a worker is found after the service that started it was killed", async () => {
  const worker = "setInterval(() => {}, 1000); console.log(process.pid)";
  const pid = await start(
    `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(worker)}], { stdio: "inherit" })`,
    region("parent"),
  );
  process.kill(pid, "SIGKILL");
  expect(await stopProcesses(processesOf(region("parent")), 10)).toBeGreaterThanOrEqual(1);
});

test("processes of another region are left alone", async () => {
  const pid = await start("setInterval(() => {}, 1000); console.log('ready')", region("other"));
  expect(await stopProcesses(processesOf(region("ours")), 10)).toBe(0);
  expect(findProcess(pid)).toBeDefined();
  const only = async (all: KernelProcess[]) => all.filter((process) => process.pid === pid);
  expect(await stopProcesses(only, 10)).toBe(1);
});

/** Starts a program that belongs to a region, and waits for its first line. */
async function start(program: string, folder: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", program], { env: { FALCONRY_REGION: folder }, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("the program did not start");
  return child.pid;
}
