import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("who comes second is told so, and begins when the first has ended, however it ends", async () => {
  const path = join(folder, "a folder that is not there yet", "lock");
  const events: string[] = [];
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const first = withLock(path, { onWait: () => {} }, async () => {
    begun.resolve();
    await mayEnd.promise;
    events.push("the first ends");
    throw new Error("it failed");
  });
  await begun.promise;
  const onWait = () => {
    events.push("the second waits");
    mayEnd.resolve();
  };
  const second = withLock(path, { onWait }, async () => {
    events.push("the second begins");
    return "its result";
  });
  await expect(first).rejects.toThrow("it failed");
  expect(await second).toBe("its result");
  expect(events).toEqual(["the second waits", "the first ends", "the second begins"]);
  expect(existsSync(path)).toBe(false);
});

test("patience ends with the caller's error, and without its work", async () => {
  const path = join(folder, "lock");
  const waiting = { onWait: () => {}, patience: { seconds: 0.25, busy: () => new Error("busy") } };
  await withLock(path, waiting, async () => {
    await expect(withLock(path, waiting, () => expect.unreachable())).rejects.toThrow("busy");
  });
});
