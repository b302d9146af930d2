import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Measurement } from "./measurement.ts";
import { watchMemory } from "./memory.ts";

const limitSeconds = 120;
const limitMegabytes = 2_500;
const MEGABYTE = 1e6;

/** Time and peak memory of the drill, each run in a new region that is down before and after, beside their limits. */
export async function measureDrill(runs: number): Promise<Measurement[]> {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const measured = await runDrill();
    seconds.push(measured.seconds);
    megabytes.push(measured.bytes / MEGABYTE);
  }
  const limit = (value: number) => ({ name: "limit", runs: [value] });
  return [
    { benchmark: "drill", what: "time", unit: "s", ours: seconds, other: limit(limitSeconds) },
    { benchmark: "drill", what: "peak memory of all processes", unit: "MB", ours: megabytes, other: limit(limitMegabytes) },
  ];
}

async function runDrill(): Promise<{ seconds: number; bytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-bench-"));
  const start = performance.now();
  const memory = watchMemory(folder);
  try {
    const drill = spawn(join(checkoutFolder, "scripts", "drill"), ["--json"], {
      env: { ...process.env, FALCONRY_DIRECTORY: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = new Promise<number | null>((resolve, reject) => drill.on("error", reject).on("close", resolve));
    const [document, exitCode] = await Promise.all([text(drill.stdout), exit]);
    if (exitCode !== 0) throw new Error(`scripts/drill ended with ${exitCode}: ${document}`);
    return { seconds: (performance.now() - start) / 1000, bytes: await memory() };
  } finally {
    await memory();
    await rm(folder, { recursive: true, force: true });
  }
}
