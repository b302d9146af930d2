import { fileURLToPath } from "node:url";
import { FalconryError } from "@falconry/environment/error.ts";

/**
 * A function that a module beside a workload's declaration exports.
 *
 * @param type where its type stands, for people
 * @throws FalconryError `workload.invalid` where the module cannot be loaded, or exports no such function
 */
export async function workloadFunction<Exported>(module: URL, name: string, type: string): Promise<Exported> {
  const path = fileURLToPath(module);
  const invalid = (message: string, cause?: unknown) =>
    new FalconryError("workload.invalid", { message: `${path}${message}`, hint: `${type} has its type`, cause });
  let exported: Record<string, Exported | undefined>;
  try {
    exported = await import(module.href);
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error)
      .trim()
      .split("\n");
    throw invalid(`: ${reason}`, error);
  }
  const found = exported[name];
  if (typeof found === "function") return found;
  throw invalid(` exports no function ${name}`);
}
