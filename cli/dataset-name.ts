import { FalconryError } from "@falconry/environment/error.ts";
import type { Context } from "./context.ts";

/** The dataset of a workload has the workload's name; in its place the path of the workload's folder may be given. */
export async function datasetName(context: Pick<Context, "workload">, nameOrPath: string): Promise<string> {
  return isPath(nameOrPath) ? (await context.workload(nameOrPath)).name : nameOrPath;
}

/** With the columns that name a row, where a workload declares them: a dataset may be of no workload. */
export async function datasetOf(context: Pick<Context, "workload">, nameOrPath: string): Promise<{ name: string; key?: string[] }> {
  try {
    const { name, key } = await context.workload(nameOrPath);
    return { name, key };
  } catch (error) {
    if (error instanceof FalconryError && error.code === "workload.unknown" && !isPath(nameOrPath)) return { name: nameOrPath };
    throw error;
  }
}

/** No dataset has a name with these. */
function isPath(nameOrPath: string): boolean {
  return /[/.\\]/.test(nameOrPath);
}
