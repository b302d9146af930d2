import { MlflowError } from "mlflow-client";
import type { RegistryContext } from "../../context.ts";
import type { Aliases } from "../events.ts";

/** A registry that lost the version must not hold up the endpoint: `status` shows what could not be mirrored. @returns whether it was */
export async function mirrorAliases({ environment, progress }: RegistryContext, workload: string, aliases: Aliases): Promise<boolean> {
  const { registeredModels } = environment.mlflow;
  try {
    for (const alias of ["champion", "challenger"] as const) {
      const version = aliases[alias];
      if (version === undefined) await registeredModels.deleteAlias(workload, alias);
      else await registeredModels.setAlias(workload, alias, version);
    }
    return true;
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    progress(`aliases of ${workload} could not be set: ${error.message}`);
    return false;
  }
}
