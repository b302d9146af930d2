import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runFalconry } from "./run-falconry.ts";

const MiB = 2 ** 20;
const largeBytes = 64 * MiB;
const name = `scans-${randomUUID().slice(0, 8)}`;
let folder: string;
let scans: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-cli-datasets-"));
  scans = join(folder, "large.bin");
  await writeFile(scans, randomBytes(largeBytes));
  await writeFile(join(folder, "notes.txt"), name);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(`${folder}-cache`, { recursive: true, force: true });
});

async function datasets(...args: string[]) {
  const variables = { XDG_CACHE_HOME: `${folder}-cache` };
  const { exitCode, stdout } = await runFalconry(["datasets", ...args, "--json"], { variables });
  return { exitCode, document: JSON.parse(stdout) };
}

describe("a folder", () => {
  test("that changed is committed again, compared, tagged and listed", async () => {
    const first = await datasets("commit", name, folder);
    expect(first).toMatchObject({ exitCode: 0, document: { dataset: { name, files: 2 } } });
    expect(await datasets("tag", name, "before")).toMatchObject({ exitCode: 0, document: { digest: first.document.dataset.digest } });
    const other = `other ${name}`;
    await writeFile(join(folder, "notes.txt"), other);
    const second = await datasets("commit", name, folder);
    expect(second.document.uploaded.bytes).toBe(other.length);
    const { document } = await datasets("diff", name, "before");
    expect(document).toMatchObject({ kind: "folder", files: { changed: 1, same: 1 }, examples: { changed: ["notes.txt"] } });
    const listed = await datasets("list", name);
    expect(listed.document.datasets).toHaveLength(2);
    expect(await datasets("show", name, "nowhere")).toMatchObject({ exitCode: 3, document: { error: { code: "dataset.unknown" } } });
  });

  test("that is got, killed with -9 in the middle and got again, is whole, and nothing is got twice", async () => {
    const to = `${folder}-got`;
    const part = join(to, "large.bin.falconry-part");
    const variables = { ...process.env, XDG_CACHE_HOME: `${to}-cache` };
    try {
      const command = [join(import.meta.dirname, "main.ts"), "datasets", "get", name, "--to", to];
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...command], { env: variables, stdio: "ignore" });
      const ended = once(child, "exit");
      while (!existsSync(part) || statSync(part).blocks * 512 < largeBytes / 4) await pause(1);
      child.kill("SIGKILL");
      expect(await ended).toEqual([null, "SIGKILL"]);
      expect(existsSync(join(to, "large.bin"))).toBe(false);

      const again = await runFalconry(["datasets", "get", name, "--to", to, "--json"], { variables });
      expect(again.exitCode, again.stderr).toBe(0);
      // A quarter stood there, of which one chunk of 8 MiB at the most was not whole.
      expect(JSON.parse(again.stdout).downloaded).toBeLessThan(0.9 * largeBytes);
      expect((await readFile(join(to, "large.bin"))).equals(await readFile(scans))).toBe(true);
    } finally {
      await rm(to, { recursive: true, force: true });
      await rm(`${to}-cache`, { recursive: true, force: true });
    }
  });
});

describe("falcon's table", () => {
  test("is compared by its workload's key, or by the one that is given", async () => {
    const ingested = await runFalconry(["ingest", "falcon", "--json"]);
    const { digest } = JSON.parse(ingested.stdout).dataset;
    const same = await datasets("diff", "falcon", digest, "latest");
    expect(same).toMatchObject({
      exitCode: 0,
      document: { kind: "table", key: ["date", "booster"], rows: { added: 0, removed: 0, changed: 0 } },
    });
    expect(await datasets("diff", "falcon", digest, "--key", "site")).toMatchObject({
      exitCode: 2,
      document: { error: { code: "dataset.key" } },
    });
  });
});
