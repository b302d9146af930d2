import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What `region.json` in the region's folder says: the loopback ports of the services, kept across restarts. */
export const regionSchema = z.object({
  ports: z.object({ aws: z.number().int(), mlflow: z.number().int(), sagemaker: z.number().int() }),
});

export type Region = z.infer<typeof regionSchema>;

/** @returns undefined where no region was ever started in this folder */
export async function readRegion(folder: string): Promise<Region | undefined> {
  try {
    return regionSchema.parse(JSON.parse(await readFile(join(folder, "region.json"), "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function regionUrls(region: Region): { aws: string; mlflow: string; sagemaker: string } {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  return { aws: url(region.ports.aws), mlflow: url(region.ports.mlflow), sagemaker: url(region.ports.sagemaker) };
}
