import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FalconryError } from "@falconry/environment/error.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { LoadedWorkload, Workload } from "./workload.ts";

const workloadsFolder = join(checkoutFolder, "workloads");

/**
 * Reads and checks a workload's declaration. The files that it names must exist.
 *
 * @param nameOrPath a folder of `workloads/`, or a path to a folder that holds a workload.ts
 * @throws FalconryError `workload.unknown`, `workload.invalid`
 */
export async function loadWorkload(nameOrPath: string): Promise<LoadedWorkload> {
  const folder = workloadFolder(nameOrPath);
  const file = join(folder, "workload.ts");
  if (!existsSync(file)) {
    throw new FalconryError("workload.unknown", {
      message: isPath(nameOrPath) ? `${file} does not exist` : `there is no workload "${nameOrPath}"`,
      hint: `Name one of: ${(await workloadNames()).join(", ")}, or the path of a folder with a workload.ts`,
    });
  }
  const workload = await parse(await declaration(file), file);
  checkFiles(workload, folder, file);
  return { ...workload, folder };
}

/** Where a workload's files stand, or would stand: a folder of `workloads/` for a name, the folder itself for a path. */
export function workloadFolder(nameOrPath: string): string {
  return isPath(nameOrPath) ? resolve(nameOrPath) : join(workloadsFolder, nameOrPath);
}

/** What a command takes for it, from the working folder: its name where it stands in `workloads/`, else its path. */
export function argumentFor({ folder }: Pick<LoadedWorkload, "folder">): string {
  if (dirname(folder) === workloadsFolder) return basename(folder);
  const path = relative(process.cwd(), folder) || ".";
  return isPath(path) ? path : `./${path}`;
}

/** Names of the workloads that stand in this checkout, sorted. */
export async function workloadNames(): Promise<string[]> {
  const entries = await readdir(workloadsFolder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(workloadsFolder, entry.name, "workload.ts")))
    .map((entry) => basename(entry.name))
    .sort();
}

function isPath(nameOrPath: string): boolean {
  return isAbsolute(nameOrPath) || nameOrPath.includes("/") || nameOrPath === "." || nameOrPath === "..";
}

/** What the module exports as `workload`; undefined where it exports none. */
async function declaration(file: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return typeof module === "object" && module !== null && "workload" in module ? module.workload : undefined;
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error), error);
  }
}

async function parse(workload: unknown, file: string): Promise<Workload> {
  const { consistentWorkload } = await import("./consistent-workload.ts"); // only now: no `--help` waits for zod
  const parsed = consistentWorkload.safeParse(workload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(file, `${["workload", ...(issue?.path ?? [])].join(".")}: ${issue?.message}`);
}

function checkFiles({ source, features, candidates }: Workload, folder: string, file: string): void {
  const modules = candidates.flatMap((one, index) => (one.type === "module" ? [[`candidates.${index}.module`, one.module]] : []));
  const named: Record<string, string | undefined> = {
    "source.sample": source.sample,
    "source.jsonReader": source.jsonReader,
    "features.sql": features.sql,
    ...Object.fromEntries(modules),
  };
  for (const [property, path] of Object.entries(named)) {
    if (path !== undefined && !existsSync(join(folder, path)))
      throw invalid(file, `workload.${property}: ${join(folder, path)} does not exist`);
  }
}

function invalid(file: string, reason: string, cause?: unknown): FalconryError {
  return new FalconryError("workload.invalid", {
    message: `${file}: ${reason}`,
    hint: "Mend the declaration; model/workload.ts lists what it may hold",
    cause,
  });
}
