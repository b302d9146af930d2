import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FalconryError } from "./error.ts";

const port = z.number().int();

/** What `region.json` in the region's folder says: the loopback ports of the services, kept across restarts. */
export const regionSchema = z.object({
  ports: z.object({ aws: port, mlflow: port, sagemaker: port, controlPlane: port }),
});

export type Region = z.infer<typeof regionSchema>;

/**
 * @returns undefined where no region was ever started in this folder
 * @throws FalconryError `environment.region-invalid`
 */
export async function readRegion(folder: string): Promise<Region | undefined> {
  const file = join(folder, "region.json");
  try {
    return regionSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new FalconryError("environment.region-invalid", {
      message: `${file} does not hold the ports of a region: ${error instanceof SyntaxError ? error.message : z.prettifyError(error)}`,
      hint: "Delete the file and run: falconry local up, which chooses ports anew",
    });
  }
}

/** Where the region's services answer. */
export function regionUrls({ ports }: Region): Record<keyof Region["ports"], string> {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  return { aws: url(ports.aws), mlflow: url(ports.mlflow), sagemaker: url(ports.sagemaker), controlPlane: url(ports.controlPlane) };
}
