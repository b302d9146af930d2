import { join } from "node:path";
import { type Region, readRegion } from "@falconry/environment/region.ts";
import getPort from "get-port";
import writeFileAtomic from "write-file-atomic";

/** The region's ports: those of last time, or free ones that are kept from now on. */
export async function keptPorts(folder: string): Promise<Region["ports"]> {
  const known = await readRegion(folder);
  if (known !== undefined) return known.ports;
  const aws = await getPort({ host: "127.0.0.1" });
  const mlflow = await getPort({ host: "127.0.0.1", exclude: [aws] });
  const sagemaker = await getPort({ host: "127.0.0.1", exclude: [aws, mlflow] });
  const region: Region = { ports: { aws, mlflow, sagemaker } };
  await writeFileAtomic(join(folder, "region.json"), `${JSON.stringify(region, null, 2)}\n`);
  return region.ports;
}
