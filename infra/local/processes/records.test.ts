import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProcessRecords } from "./records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-records-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a remembered process is found again while it runs", async () => {
  await new ProcessRecords(folder).remember("mlflow", process.pid);
  expect(await new ProcessRecords(folder).runningPid("mlflow")).toBe(process.pid);
  expect(await new ProcessRecords(folder).runningPid("ministack")).toBeUndefined();
});

test("a process that got the same pid later is not it", async () => {
  const records = new ProcessRecords(folder);
  await records.remember("mlflow", process.pid);
  const file = join(folder, "processes.json");
  const { mlflow } = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ mlflow: { ...mlflow, startTime: mlflow.startTime - 1 } }));
  expect(await records.runningPid("mlflow")).toBeUndefined();
});

test("services that start side by side are all remembered", async () => {
  const records = new ProcessRecords(folder);
  await Promise.all((["ministack", "mlflow", "endpoint-host"] as const).map((name) => records.remember(name, process.pid)));
  for (const name of ["ministack", "mlflow", "endpoint-host"] as const) expect(await records.runningPid(name)).toBe(process.pid);
});
