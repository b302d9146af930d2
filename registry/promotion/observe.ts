import { unreachable } from "@falconry/environment/unreachable.ts";
import type { RegistryContext } from "../context.ts";
import { describeEndpoint } from "../endpoint/describe.ts";
import type { Aliases, Observation } from "./decide.ts";
import type { Story } from "./story.ts";

/** What SageMaker and, where nothing is under way, MLflow show. A deployment or rollback under way needs nothing of MLflow. */
export async function observe(context: RegistryContext, { workload, endpoint, state }: Story): Promise<Observation> {
  const described = await describeEndpoint(context.environment.sagemaker, endpoint.name);
  const underWay = state.inFlight !== undefined && "deployment" in state.inFlight.progress;
  const aliases = underWay ? undefined : await observeAliases(context, workload);
  return { ...(described && { endpoint: described }), ...(aliases && { aliases }) };
}

/** @returns undefined where MLflow does not answer */
async function observeAliases({ environment, progress }: RegistryContext, workload: string): Promise<Aliases | undefined> {
  try {
    const { champion, challenger } = (await environment.mlflow.registeredModels.get(workload))?.aliases ?? {};
    return { ...(champion !== undefined && { champion }), ...(challenger !== undefined && { challenger }) };
  } catch (error) {
    const mistake = unreachable(error);
    if (mistake === undefined) throw error;
    progress(`aliases are left as they are: ${mistake.message}`);
    return undefined;
  }
}
