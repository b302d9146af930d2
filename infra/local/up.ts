import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { makeRegionFolder, regionFolder } from "@falconry/environment/region-folder.ts";
import type { EngineReport } from "./apply/emulator-engine.ts";
import { applyProgram } from "./apply.ts";
import { becomesHealthy } from "./health.ts";
import { withRegionLocked } from "./lock.ts";
import { ProcessRecords } from "./processes/records.ts";
import { processesOf } from "./processes/service-processes.ts";
import { STOP_GRACE_SECONDS, stopProcesses } from "./processes/stop.ts";
import { findPython } from "./python.ts";
import { realFolder } from "./real-folder.ts";
import { keptPorts } from "./region-ports.ts";
import { controlPlane } from "./services/control-plane.ts";
import { endpointHost } from "./services/endpoint-host.ts";
import { ministack } from "./services/ministack.ts";
import { mlflow } from "./services/mlflow.ts";
import { healthUrl, type Service } from "./services/service.ts";
import { type RegionAtWork, refuseTakenPort, startService } from "./services/start-service.ts";
import { localStackSettings, type StackSettings } from "./stack-settings.ts";
import { type RegionStatus, status } from "./status.ts";
import { keepUsers } from "./users.ts";

/** A live process that does not answer for this long is taken for hung and started again. */
const HUNG_AFTER_SECONDS = 30;

export interface RegionReport extends RegionStatus {
  /** What applying the Pulumi program did. */
  resources: EngineReport;
}

/**
 * Starts the region on this machine: its services, what the Pulumi program declares, and people who can log in. Again, it changes nothing and repairs what died.
 *
 * @throws FalconryError `local.python-missing`, `local.busy`, `local.port-taken`, `local.service-died`, and what {@link applyProgram} throws
 */
export async function up({
  folder = regionFolder(),
  progress = silent,
}: {
  folder?: string;
  progress?: Progress;
} = {}): Promise<RegionReport> {
  const python = findPython();
  const stack = await localStackSettings();
  await makeRegionFolder(folder);
  const directory = await realFolder(folder);
  const resources = await withRegionLocked(directory, progress, () => startRegion(directory, python, stack, progress));
  return { ...(await status({ folder: directory })), resources };
}

async function startRegion(directory: string, python: string, stack: StackSettings, progress: Progress): Promise<EngineReport> {
  await mkdir(join(directory, "tmp"), { recursive: true });
  const setting = { directory, ports: await keptPorts(directory), python, artifactsBucket: stack.artifactsBucket };
  const [emulator, tracking, host, plane] = [ministack(setting), mlflow(setting), endpointHost(setting), controlPlane(setting)];
  const region: RegionAtWork = { directory, records: new ProcessRecords(directory), progress };
  const stopped = new Set<Service>();
  const look = async (service: Service) => {
    if (await isStopped(service, region)) stopped.add(service);
  };
  await untilAllEnd([look(emulator), look(tracking), look(host), look(plane)]);
  const start = async (service: Service) => {
    if (stopped.has(service)) await startService(service, region);
  };
  const startAws = async () => {
    await start(emulator);
    await start(host); // brings its endpoints back from the emulator's S3
    const resources = await applyProgram({
      directory,
      awsEndpointUrl: emulator.url,
      sagemakerEndpointUrl: host.url,
      config: {
        ...stack.config,
        "falconry:trackingUri": tracking.url,
        "falconry:awsEndpointUrl": emulator.url,
        "falconry:sagemakerEndpointUrl": host.url,
        "falconry:controlPlaneUrl": plane.url,
      },
      progress,
    });
    if (!stopped.has(plane) && resources.created.length + resources.updated.length > 0) {
      progress("control-plane: starting again, for the region is not what it knew");
      await stopProcesses(processesOf(directory, plane.name), STOP_GRACE_SECONDS);
      stopped.add(plane);
    }
    await untilAllEnd([start(plane), keepUsers(directory, progress)]);
    return resources;
  };
  // MLflow takes longest to start, and nothing that is applied needs it.
  const [resources] = await untilAllEnd([startAws(), start(tracking)]);
  return resources;
}

/** Whether a service must be started; what is left of a dead one is cleared away first. */
async function isStopped(service: Service, { directory, records, progress }: RegionAtWork): Promise<boolean> {
  const running = (await records.runningPid(service.name)) !== undefined;
  if (running && (await becomesHealthy(healthUrl(service), HUNG_AFTER_SECONDS))) return false;
  const ended = await stopProcesses(processesOf(directory, service.name), STOP_GRACE_SECONDS);
  if (ended > 0) progress(`${service.name}: ended ${ended} ${ended === 1 ? "process" : "processes"} that a killed command left behind`);
  await refuseTakenPort(service, directory);
  return true;
}

/** As Promise.all, but it waits for the others when one fails: nothing may go on behind the lock. */
async function untilAllEnd<Work extends Promise<unknown>[]>(work: [...Work]) {
  await Promise.allSettled(work);
  return Promise.all(work);
}
