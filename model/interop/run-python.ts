import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";

/**
 * Runs a script of this folder in the checkout's Python.
 *
 * @returns the last line that it printed
 */
export async function runPython(script: string, parameters: string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(
    join(checkoutFolder, ".venv/bin/python"),
    [join(import.meta.dirname, script), ...parameters],
    {
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false", ...variables },
      maxBuffer: 64 << 20,
    },
  );
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}
