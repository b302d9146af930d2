import { FalconryError } from "@falconry/environment/error.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { realFolder } from "./real-folder.ts";
import { logFile, logTail } from "./services/log-file.ts";
import { isServiceName, serviceNames } from "./services/service.ts";

export interface LogsOptions {
  folder?: string;
  /** @default every service */
  service?: string;
  /** How many lines of each. @default 40 */
  lines?: number;
}

/**
 * The end of the services' logs.
 *
 * @throws FalconryError `local.service-unknown`
 */
export async function logs({ folder = regionFolder(), service, lines = 40 }: LogsOptions = {}) {
  const directory = await realFolder(folder);
  if (service !== undefined && !isServiceName(service)) {
    throw new FalconryError("local.service-unknown", {
      message: `there is no service "${service}" in a region`,
      hint: `Name one of: ${serviceNames.join(", ")}`,
    });
  }
  const chosen = service === undefined ? serviceNames : [service];
  return {
    environment: "local" as const,
    directory,
    services: await Promise.all(
      chosen.map(async (name) => ({ name, file: logFile(directory, name), lines: await logTail(directory, name, lines) })),
    ),
  };
}
