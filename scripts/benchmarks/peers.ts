import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@falconry/environment/cache-folder.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";

const run = promisify(execFile);
const folder = join(import.meta.dirname, "peers");

/**
 * Python with what a benchmark compares with, in an environment of its own, kept under the hash of its requirements.
 *
 * @param file of the requirements, in the peers' folder
 * @returns the interpreter's path
 */
export async function peersPython(file = "requirements.txt"): Promise<string> {
  const requirements = join(folder, file);
  const hash = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 16);
  const cache = join(cacheFolder(), "peers");
  const environment = join(cache, hash);
  if (!existsSync(environment)) {
    await mkdir(cache, { recursive: true });
    const building = `${environment}.${process.pid}`;
    process.stderr.write("installing what is compared with (pip, from PyPI)\n");
    const python = join(checkoutFolder, ".venv/bin/python");
    await run(python, ["-m", "venv", "--without-pip", building]);
    const install = ["-m", "pip", "--python", join(building, "bin/python"), "install", "--quiet", "--requirement", requirements];
    await run(python, install, { maxBuffer: 64 << 20 });
    await rm(environment, { recursive: true, force: true });
    await rename(building, environment);
  }
  return join(environment, "bin/python");
}

/** Runs a script of the peers' folder. @returns the last line that it printed */
export async function runPeer(python: string, script: string, parameters: string[]): Promise<string> {
  const { stdout } = await run(python, [join(folder, script), ...parameters], { maxBuffer: 64 << 20 });
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}
