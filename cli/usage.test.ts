import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const launcher = join(import.meta.dirname, "falconry");
const emptyRegion = mkdtempSync(join(tmpdir(), "falconry-none-"));

afterAll(() => rmSync(emptyRegion, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(launcher, args, {
    encoding: "utf8",
    env: { ...process.env, FALCONRY_DIRECTORY: emptyRegion },
  });
  return { status, stdout, stderr };
}

test("a command that does not exist is a usage error", () => {
  expect(run("fly").status).toBe(2);
});

test("an option that is left out is a usage error that names it", () => {
  const { status, stderr } = run("rollback", "falcon");
  expect(status).toBe(2);
  expect(stderr).toContain("--reason");
});

test("with --json a usage error is one document on stdout", () => {
  const { status, stdout } = run("promote", "falcon", "--version", "newest", "--json");
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage", message: expect.stringContaining("newest") } });
});

test("no command at all is a usage error too", () => {
  const { status, stdout } = run("--json");
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage", message: "a command is missing" } });
});

test("falconry local is about this machine, whatever --env says", () => {
  const { status, stdout } = run("local", "up", "--env", "production", "--json");
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "local.other-environment", message: expect.stringContaining("production") } });
});

test("a FALCONRY_DIRECTORY that is a file is no bug", () => {
  const { status, stderr } = spawnSync(launcher, ["local", "status"], {
    encoding: "utf8",
    env: { ...process.env, FALCONRY_DIRECTORY: launcher },
  });
  expect(status).toBe(4);
  expect(stderr).toContain("[environment.region-folder]");
});

test("a workload that does not exist is a usage error that lists those that do", () => {
  const { status, stderr } = run("train", "albatross");
  expect(status).toBe(2);
  expect(stderr).toContain('there is no workload "albatross"  [workload.unknown]');
  expect(stderr).toContain("falcon");
});

test("a workload is made of a table without any environment", { timeout: 30_000 }, () => {
  const folder = join(emptyRegion, "landing");
  const from = join(import.meta.dirname, "../workloads/falcon/launches.csv");
  const { status, stdout } = run("new", folder, "--from", from, "--target", "landed", "--exclude", "booster", "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    workload: "landing",
    folder,
    table: { records: 90 },
    leaks: [
      { column: "landing_pad", certain: true },
      { column: "reused_count", certain: false },
    ],
  });
});

test("a table is split by time or by groups, not by both", () => {
  const { status, stderr } = run("new", "landing", "--from", "a.csv", "--target", "y", "--time-column", "day", "--group-column", "site");
  expect(status).toBe(2);
  expect(stderr).toContain("cannot be used with option '--group-column <column>'");
});

test("a task that there is not is a usage error", () => {
  const { status, stderr } = run("new", "landing", "--from", "launches.csv", "--target", "landed", "--task", "clustering");
  expect(status).toBe(2);
  expect(stderr).toContain("classification or regression");
});

test("an environment that was never stood up exits with 4 and says how to", () => {
  const { status, stdout } = run("status", "--json");
  expect(status).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "environment.unknown", hint: "Run: falconry local up" } });
});

test("--version prints the version and exits with 0", () => {
  expect(run("--version")).toMatchObject({ status: 0, stdout: "0.1.0\n" });
});
