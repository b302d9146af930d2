import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Measurement } from "./measurement.ts";

const limitMilliseconds = 150;

/** What `falconry --help` takes over `node -e 0`, beside the limit. Both alternate; the first of each warms the caches and is not counted. */
export function measureStartup(runs: number): Measurement[] {
  const help = () => milliseconds(join(checkoutFolder, "node_modules", ".bin", "falconry"), ["--help"]);
  const nothing = () => milliseconds(process.execPath, ["-e", "0"]);
  help();
  nothing();
  const over = Array.from({ length: runs }, () => help() - nothing());
  return [
    {
      benchmark: "startup",
      what: "falconry --help over node -e 0",
      unit: "ms",
      ours: over,
      other: { name: "limit", runs: [limitMilliseconds] },
    },
  ];
}

function milliseconds(command: string, args: string[]): number {
  const start = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: "ignore" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  return performance.now() - start;
}
