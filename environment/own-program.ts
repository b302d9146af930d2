import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

const keptSources = join(import.meta.dirname, "kept-sources.mjs");

/** One of the project's own programs. */
export interface OwnProgram {
  command: string;
  arguments: string[];
  /** Beside those that it is given. */
  variables: { NODE_COMPILE_CACHE: string };
}

/**
 * How a program of this project is started: from what Node compiled of it before, kept where the launcher (cli/falconry) keeps it. A container is up in
 * three quarters of the time.
 */
export function ownProgram(program: string, variables: NodeJS.ProcessEnv = process.env): OwnProgram {
  return {
    command: process.execPath,
    arguments: ["--disable-warning=ExperimentalWarning", "--import", keptSources, program],
    variables: { NODE_COMPILE_CACHE: variables.NODE_COMPILE_CACHE ?? join(cacheFolder(variables), "compiled") },
  };
}
