import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the checkout that this file stands in. */
export const checkoutFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * The folder that holds the local region's state: FALCONRY_DIRECTORY, else the nearest `.falconry` at or above
 * the working folder, else the checkout's own.
 */
export function regionFolder(variables: NodeJS.ProcessEnv = process.env, workingFolder: string = process.cwd()): string {
  if (variables.FALCONRY_DIRECTORY) return resolve(workingFolder, variables.FALCONRY_DIRECTORY);
  for (let folder = resolve(workingFolder); ; folder = dirname(folder)) {
    const candidate = join(folder, ".falconry");
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return join(checkoutFolder, ".falconry");
  }
}
