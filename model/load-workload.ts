import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FalconryError } from "@falconry/environment/error.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { LoadedWorkload } from "./workload.ts";

const workloadsFolder = join(checkoutFolder, "workloads");

/**
 * Reads and checks a workload's declaration.
 *
 * @param nameOrPath a folder of `workloads/`, or a path to a folder that holds a workload.ts
 * @throws FalconryError `workload.unknown`, `workload.invalid`
 */
export async function loadWorkload(nameOrPath: string): Promise<LoadedWorkload> {
  const isPath = isAbsolute(nameOrPath) || nameOrPath.includes("/") || nameOrPath === "." || nameOrPath === "..";
  const folder = isPath ? resolve(nameOrPath) : join(workloadsFolder, nameOrPath);
  const file = join(folder, "workload.ts");
  if (!existsSync(file)) {
    throw new FalconryError("workload.unknown", {
      message: isPath ? `${file} does not exist` : `there is no workload "${nameOrPath}"`,
      hint: `Name one of: ${(await workloadNames()).join(", ")}, or the path of a folder with a workload.ts`,
    });
  }
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const { workloadSchema } = await import("./workload.ts"); // only now: no `--help` waits for zod
  const parsed = workloadSchema.safeParse(module.workload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FalconryError("workload.invalid", {
      message: `${file}: ${["workload", ...(issue?.path ?? [])].join(".")}: ${issue?.message}`,
      hint: "Mend the declaration; model/workload.ts lists what it may hold",
    });
  }
  return { ...parsed.data, folder };
}

/** Names of the workloads that stand in this checkout, sorted. */
export async function workloadNames(): Promise<string[]> {
  const entries = await readdir(workloadsFolder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(workloadsFolder, entry.name, "workload.ts")))
    .map((entry) => basename(entry.name))
    .sort();
}
