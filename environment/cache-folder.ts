import { homedir } from "node:os";
import { join } from "node:path";

/** Where what is large and the same for every clone is kept, as scripts/setup and the launcher have it. */
export function cacheFolder({ XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "falconry");
}

/** The contents of dataset versions that were got before, and what the files of committed folders hashed to. */
export function datasetCache(): string {
  return join(cacheFolder(), "datasets");
}
