import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";

export const launchContentType = "text/csv";

/** Bodies of requests to falcon's endpoint: each launch of the sample, one row. */
export async function falconLaunches(): Promise<[string, ...string[]]> {
  const text = await readFile(join(checkoutFolder, "workloads", "falcon", "launches.csv"), "utf8");
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  const [first, ...rest] = lines.map((line) => `${header}\n${line}\n`);
  if (first === undefined) throw new Error("falcon's sample holds no launch");
  return [first, ...rest];
}
