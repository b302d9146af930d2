import { FalconryError } from "@falconry/environment/error.ts";
import { type Region, readRegion, regionUrls } from "@falconry/environment/region.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { isHealthy } from "./health.ts";
import { ProcessRecords } from "./processes/records.ts";
import { realFolder } from "./real-folder.ts";
import { healthUrl, type ServiceName } from "./services/service.ts";

/** What the region on this machine offers, and whether it runs. */
export interface RegionStatus {
  environment: "local";
  /** The region's folder. */
  directory: string;
  trackingUri: string;
  awsEndpointUrl: string;
  sagemakerEndpointUrl: string;
  controlPlaneUrl: string;
  services: ServiceStatus[];
}

interface ServiceStatus {
  name: ServiceName;
  url: string;
  /** null where the service does not run. */
  pid: number | null;
  healthy: boolean;
}

/**
 * Looks at the services of the region; changes nothing.
 *
 * @throws FalconryError `environment.unknown` – no region was ever started in the folder
 */
export async function status({ folder = regionFolder() }: { folder?: string } = {}): Promise<RegionStatus> {
  const directory = await realFolder(folder);
  const region = await readRegion(directory);
  if (region === undefined) {
    throw new FalconryError("environment.unknown", {
      message: `no region was ever started in ${directory}`,
      hint: "Run: falconry local up",
    });
  }
  return statusOf(directory, region);
}

async function statusOf(directory: string, region: Region): Promise<RegionStatus> {
  const urls = regionUrls(region);
  const records = new ProcessRecords(directory);
  const service = async (name: ServiceName, url: string): Promise<ServiceStatus> => {
    const pid = await records.runningPid(name);
    // Another process may listen on the port of a service that does not run.
    return { name, url, pid: pid ?? null, healthy: pid !== undefined && (await isHealthy(healthUrl({ name, url }))) };
  };
  return {
    environment: "local",
    directory,
    trackingUri: urls.mlflow,
    awsEndpointUrl: urls.aws,
    sagemakerEndpointUrl: urls.sagemaker,
    controlPlaneUrl: urls.controlPlane,
    services: await Promise.all([
      service("ministack", urls.aws),
      service("mlflow", urls.mlflow),
      service("endpoint-host", urls.sagemaker),
      service("control-plane", urls.controlPlane),
    ]),
  };
}
