import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { parse } from "yaml";
import { z } from "zod";

/** Pulumi hands a program an object as JSON. */
const value = z.union([z.string(), z.record(z.string(), z.unknown()).transform((members) => JSON.stringify(members))]);

const stackFileSchema = z.object({ config: z.object({ "falconry:artifactsBucket": z.string() }).catchall(value) });

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
