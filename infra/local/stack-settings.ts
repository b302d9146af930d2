import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { parse } from "yaml";
import { z } from "zod";

const stackFileSchema = z.object({ config: z.looseObject({ "falconry:artifactsBucket": z.string() }).catchall(z.string()) });

/** What `Pulumi.local.yaml` says. */
export interface StackSettings {
  /** Bucket of the MLflow server's artifacts. */
  artifactsBucket: string;
  /** All of it, by full key: `falconry:artifactsBucket`. */
  config: Record<string, string>;
}

export async function localStackSettings(): Promise<StackSettings> {
  const { config } = stackFileSchema.parse(parse(await readFile(join(checkoutFolder, "Pulumi.local.yaml"), "utf8")));
  return { artifactsBucket: config["falconry:artifactsBucket"], config };
}
