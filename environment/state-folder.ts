import { homedir } from "node:os";
import { join } from "node:path";
import { regionFolder } from "./region-folder.ts";

/** Where work that is under way in an environment is kept on this machine, until it is done: in the local region's folder, else in the user's. */
export function stateFolder(environment: string, variables: NodeJS.ProcessEnv = process.env): string {
  if (environment === "local") return regionFolder(variables);
  return join(variables.XDG_STATE_HOME || join(homedir(), ".local", "state"), "falconry", environment);
}
