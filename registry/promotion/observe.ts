import { unreachable } from "@falconry/environment/unreachable.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import type { Evidence } from "../canary/sample.ts";
import type { RegistryContext } from "../context.ts";
import { describeEndpoint, type ObservedEndpoint } from "../endpoint/describe.ts";
import { isBusy, type Observation } from "./action.ts";
import { verdictDue } from "./bake.ts";
import type { Aliases } from "./events.ts";
import { isUnderWay, type Operation, type UnderWay } from "./operation.ts";
import { champion } from "./state.ts";
import type { Story } from "./story.ts";

/**
 * What SageMaker shows; while something is under way, what CloudWatch shows of it, and otherwise what MLflow shows. A deployment or rollback under way needs
 * nothing of MLflow.
 */
export async function observe(context: RegistryContext, story: Story): Promise<Observation> {
  const { endpoint: settings, state } = story;
  const { inFlight } = state;
  const isCalm = inFlight === undefined || !isUnderWay(inFlight.progress);
  const [endpoint, aliases, championStands] = await Promise.all([
    describeEndpoint(context.environment.sagemaker, settings.name),
    isCalm ? observeAliases(context, story.workload) : undefined,
    isCalm ? observeChampion(context, story) : undefined,
  ]);
  const world = { bootstrap: settings.bootstrapConfig, endpoint, aliases, championStands };
  if (isCalm || endpoint === undefined || !isUnderWay(inFlight.progress)) return world;
  return { ...world, ...(await observeCanary(context, story, inFlight, inFlight.progress, endpoint)) };
}

async function observeCanary(
  context: RegistryContext,
  { endpoint: settings }: Story,
  operation: Operation,
  { state, canary, from, bakingSince }: UnderWay,
  endpoint: ObservedEndpoint,
): Promise<Pick<Observation, "alarms" | "evidence">> {
  if (!canary || state === "rolling-back") return {};
  if (bakingSince !== undefined) {
    const isDue = state === "canary" && context.now() >= verdictDue(operation, bakingSince);
    try {
      return {
        evidence: await evidenceOf(context, settings.name, operation, { champion: from.version, since: new Date(bakingSince), isDue }),
      };
    } catch (error) {
      const { isUnanswered } = await import("../canary/observed-evidence.ts");
      // Nothing hangs on this look where no verdict is due: the heartbeat is not to be left out for it.
      if (isDue || !isUnanswered(error)) throw error;
      context.progress(`${settings.name}: what the canary served is not known at the moment: ${error}`);
      return {};
    }
  }
  if (isBusy(endpoint)) return {};
  const { alarmStates } = await import("../canary/signals.ts");
  return { alarms: await alarmStates(context.environment, settings) };
}

/**
 * News come by the window. CloudWatch counts every point of the whole bake against the account's quota, so that it is not asked at every look; the verdict at
 * the end has the newest there is.
 */
async function evidenceOf(
  { environment, memory, now }: RegistryContext,
  endpoint: string,
  operation: Operation,
  { champion, since, isDue }: { champion: number; since: Date; isDue: boolean },
): Promise<Evidence> {
  const { windowSeconds } = canarySettings(operation.settings?.rollout.canary);
  const at = now();
  const known = memory.evidence(endpoint, operation.id, { now: at, staleAfterMilliseconds: (windowSeconds * 1000) / 2 });
  if (known !== undefined && !isDue) return known;
  const { observedEvidence } = await import("../canary/observed-evidence.ts");
  const evidence = await observedEvidence(environment, {
    endpoint,
    champion,
    challenger: operation.version,
    since,
    now: at,
    windowSeconds,
  });
  memory.rememberEvidence(endpoint, operation.id, at, evidence);
  return evidence;
}

/** @returns undefined where nobody looked; a promotion that is to be deployed is always looked for */
async function observeChampion({ environment, memory, now }: RegistryContext, { endpoint, state }: Story): Promise<boolean | undefined> {
  const live = champion(state);
  if (live === undefined) return undefined;
  const isDue = memory.championLookDue(endpoint.name, now());
  if (!isDue && state.promotion?.progress.state !== "approved") return undefined;
  const { configurationStands, modelStands } = await import("../endpoint/create.ts");
  return (await configurationStands(environment, live.config)) && (await modelStands(environment, live.model));
}

/** @returns undefined where MLflow does not answer */
async function observeAliases({ environment, progress }: RegistryContext, workload: string): Promise<Aliases | undefined> {
  try {
    const { champion, challenger } = (await environment.mlflow.registeredModels.get(workload))?.aliases ?? {};
    return { champion, challenger };
  } catch (error) {
    const mistake = unreachable(error);
    if (mistake === undefined) throw error;
    progress(`aliases are left as they are: ${mistake.message}`);
    return undefined;
  }
}
