import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "@falconry/environment/progress.ts";
import { stopLeftBehind } from "@falconry/serving/endpoint-host/left-behind.ts";
import { ProcessRecords } from "./processes/records.ts";
import { processesOf } from "./processes/service-processes.ts";
import { STOP_GRACE_SECONDS, stopProcesses } from "./processes/stop.ts";
import type { EmulatorAddresses } from "./provider/clients.ts";
import { findPython } from "./python.ts";
import { keptPorts } from "./region-ports.ts";
import { endpointHost, endpointHostFolder } from "./services/endpoint-host.ts";
import { ministack } from "./services/ministack.ts";
import { startService } from "./services/start-service.ts";

/** The emulated services of a region, without MLflow and without anything applied, in a folder that goes away with them. */
export interface Emulator extends EmulatorAddresses {
  directory: string;
  close(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const directory = await mkdtemp(join(tmpdir(), "falconry-emulator-"));
  await mkdir(join(directory, "tmp"));
  const setting = { directory, ports: await keptPorts(directory), python: findPython(), artifactsBucket: "unused" };
  const region = { directory, records: new ProcessRecords(directory), progress: silent };
  const [aws, sagemaker] = [ministack(setting), endpointHost(setting)];
  await startService(aws, region);
  await startService(sagemaker, region);
  return {
    directory,
    awsEndpointUrl: aws.url,
    sagemakerEndpointUrl: sagemaker.url,
    async close() {
      await stopProcesses(processesOf(directory), STOP_GRACE_SECONDS);
      await stopLeftBehind(endpointHostFolder(directory));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
