import { existsSync } from "node:fs";
import { join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";

/**
 * The Python that the emulator and MLflow are installed in: FALCONRY_PYTHON, else the checkout's own.
 *
 * @throws FalconryError `local.python-missing`
 */
export function findPython(variables: NodeJS.ProcessEnv = process.env): string {
  const chosen = variables.FALCONRY_PYTHON;
  const python = chosen || join(checkoutFolder, ".venv", "bin", "python");
  if (existsSync(python)) return python;
  throw new FalconryError("local.python-missing", {
    message: chosen ? `FALCONRY_PYTHON names ${python}, which does not exist` : `${python} does not exist`,
    hint: "Run scripts/setup",
  });
}
