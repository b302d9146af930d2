import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FalconryError } from "./error.ts";

const port = z.number().int();
const ports = z.object({ aws: port, mlflow: port, sagemaker: port, controlPlane: port });

/** What `region.json` in the region's folder says: the loopback ports of the services, kept across restarts. */
const regionSchema = z.object({ ports });

export type Region = z.infer<typeof regionSchema>;

/**
 * @returns undefined where no region was ever started in this folder
 * @throws FalconryError `environment.region-invalid` – also where a version of Falconry wrote it that had fewer services
 */
export function readRegion(folder: string): Promise<Region | undefined> {
  return read(folder, regionSchema);
}

/**
 * The ports that a region has, whatever version of Falconry chose them: some or all.
 *
 * @throws FalconryError `environment.region-invalid`
 */
export async function knownPorts(folder: string): Promise<Partial<Region["ports"]>> {
  return (await read(folder, z.object({ ports: ports.partial() })))?.ports ?? {};
}

async function read<Shape>(folder: string, schema: z.ZodType<Shape>): Promise<Shape | undefined> {
  const file = join(folder, "region.json");
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new FalconryError("environment.region-invalid", {
      message: `${file} does not hold the ports of a region: ${error instanceof SyntaxError ? error.message : z.prettifyError(error)}`,
      hint: "Run: falconry local up, which chooses the ports that are missing; where it refuses the file too, delete it first",
    });
  }
}

/** Where the region's services answer. */
export function regionUrls({ ports }: Region): Record<keyof Region["ports"], string> {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  return { aws: url(ports.aws), mlflow: url(ports.mlflow), sagemaker: url(ports.sagemaker), controlPlane: url(ports.controlPlane) };
}
