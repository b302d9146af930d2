import { existsSync, statSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FalconryError } from "./error.ts";

/** The folder of the checkout that this file stands in. */
export const checkoutFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * The folder that holds the local region's state: FALCONRY_DIRECTORY, else the nearest `.falconry` at or above
 * the working folder, else the checkout's own.
 *
 * @throws FalconryError `environment.region-folder` – FALCONRY_DIRECTORY names a file
 */
export function regionFolder(variables: NodeJS.ProcessEnv = process.env, workingFolder: string = process.cwd()): string {
  if (variables.FALCONRY_DIRECTORY) return folderAt(resolve(workingFolder, variables.FALCONRY_DIRECTORY));
  for (let folder = resolve(workingFolder); ; folder = dirname(folder)) {
    const candidate = join(folder, ".falconry");
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return join(checkoutFolder, ".falconry");
  }
}

/** @throws FalconryError `environment.region-folder` – it cannot be made, or not be written */
export async function makeRegionFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw unusable(folder, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function folderAt(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true) return path;
  throw unusable(path, "it is a file");
}

function unusable(folder: string, why: string, cause?: unknown): FalconryError {
  return new FalconryError("environment.region-folder", {
    message: `the region's state cannot stand in ${folder}: ${why}`,
    hint: "Set FALCONRY_DIRECTORY to a folder that can be written, or to one that is not there yet",
    cause,
  });
}
