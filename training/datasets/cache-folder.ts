import { homedir } from "node:os";
import { join } from "node:path";

/** What may be deleted at any time: contents that were got before, and what the files of committed folders hashed to. */
export function cacheFolder(variables: NodeJS.ProcessEnv = process.env): string {
  return join(variables.XDG_CACHE_HOME || join(homedir(), ".cache"), "falconry", "datasets");
}
