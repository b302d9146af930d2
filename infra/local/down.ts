import { existsSync } from "node:fs";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { stopLeftBehind } from "@falconry/serving/endpoint-host/left-behind.ts";
import { withRegionLocked } from "./lock.ts";
import { ProcessRecords } from "./processes/records.ts";
import { processesOf } from "./processes/service-processes.ts";
import { STOP_GRACE_SECONDS, stopProcesses } from "./processes/stop.ts";
import { realFolder } from "./real-folder.ts";
import { endpointHostFolder } from "./services/endpoint-host.ts";

/**
 * Stops the region: no process and no open port is left. Its state stays in the folder, for the next `up`.
 *
 * @throws FalconryError `local.busy`
 */
export async function down({ folder = regionFolder(), progress = silent }: { folder?: string; progress?: Progress } = {}): Promise<{
  environment: "local";
  directory: string;
  /** How many processes were ended. */
  stopped: number;
}> {
  const directory = await realFolder(folder);
  if (!existsSync(directory)) return { environment: "local", directory, stopped: 0 };
  const stopped = await withRegionLocked(directory, progress, async () => {
    progress("stopping the services");
    const services = await stopProcesses(processesOf(directory), STOP_GRACE_SECONDS);
    const containers = await stopLeftBehind(endpointHostFolder(directory));
    await new ProcessRecords(directory).forgetAll();
    return services + containers.length;
  });
  return { environment: "local", directory, stopped };
}
