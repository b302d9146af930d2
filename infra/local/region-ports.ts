import { join } from "node:path";
import { knownPorts, type Region } from "@falconry/environment/region.ts";
import getPort from "get-port";
import writeFileAtomic from "write-file-atomic";

/** The region's ports: those of last time, and free ones, kept from now on, for services that have none yet. */
export async function keptPorts(folder: string): Promise<Region["ports"]> {
  const known = await knownPorts(folder);
  const taken = Object.values(known);
  const free = async () => {
    const port = await getPort({ host: "127.0.0.1", exclude: taken });
    taken.push(port);
    return port;
  };
  const region: Region = {
    ports: {
      aws: known.aws ?? (await free()),
      mlflow: known.mlflow ?? (await free()),
      sagemaker: known.sagemaker ?? (await free()),
      controlPlane: known.controlPlane ?? (await free()),
    },
  };
  const isNew = taken.length > Object.keys(known).length;
  if (isNew) await writeFileAtomic(join(folder, "region.json"), `${JSON.stringify(region, null, 2)}\n`);
  return region.ports;
}
