import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isRunning, recordProcess } from "./process-record.ts";

test("a process is known by its id and its start, and is gone when it ended", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const record = recordProcess(child.pid ?? 0);
  if (record === undefined) throw new Error("a process that runs has a record");
  expect(isRunning(record)).toBe(true);
  expect(isRunning({ ...record, startTicks: "1" })).toBe(false);
  child.kill();
  await once(child, "exit");
  expect(isRunning(record)).toBe(false);
});
