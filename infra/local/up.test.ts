import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { down } from "./down.ts";
import { logs } from "./logs.ts";
import { status } from "./status.ts";
import { up } from "./up.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-up-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test("without Python, up says what to run", async () => {
  vi.stubEnv("FALCONRY_PYTHON", "/nowhere/python");
  await expect(up({ folder })).rejects.toMatchObject({
    code: "local.python-missing",
    message: expect.stringContaining("/nowhere/python"),
    hint: "Run scripts/setup",
  });
});

test("a service that ends while it starts is reported, with how it ended and the tail of its log", async () => {
  const broken = join(import.meta.dirname, "broken-python.fixture.sh");
  vi.stubEnv("FALCONRY_PYTHON", broken);
  await expect(up({ folder })).rejects.toMatchObject({
    code: "local.service-died",
    message: expect.stringMatching(/ministack ended with code 3 while starting\n.*the disk is full/s),
    hint: expect.stringContaining(join(folder, "logs", "ministack.log")),
  });
});

test("where no region was ever started, status says how to start one, and down has nothing to do", async () => {
  await expect(status({ folder })).rejects.toMatchObject({ code: "environment.unknown", hint: "Run: falconry local up" });
  expect(await down({ folder: join(folder, "nowhere") })).toMatchObject({ stopped: 0 });
});

test("a service that no region has is refused by logs", async () => {
  await expect(logs({ folder, service: "kafka" })).rejects.toMatchObject({
    code: "local.service-unknown",
    hint: expect.stringContaining("ministack"),
  });
});
