import { canarySettings } from "@falconry/model/canary.ts";
import { type PromotionSettings, promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import { beat } from "../../canary/signals.ts";
import type { RegistryContext } from "../../context.ts";
import { configurationStands, createConfiguration, createModel, modelStands, NameTaken } from "../../endpoint/create.ts";
import type { Deployment } from "../../endpoint/deployment.ts";
import { isInProgress, isRefusal } from "../../endpoint/refusal.ts";
import { updateEndpoint } from "../../endpoint/update.ts";
import type { Action } from "../action.ts";
import { champion } from "../state.ts";
import type { Story } from "../story.ts";

/** Orders the endpoint to where the operation wants it. The way there bakes, where it is a canary; the way back never does. */
export async function bringUp(
  context: RegistryContext,
  story: Story,
  { operation, way }: Extract<Action, { type: "update-endpoint" }>,
): Promise<void> {
  const { environment, progress } = context;
  const { endpoint } = story;
  const { id, settings } = operation;
  const { config, deployment } = way.to;
  const bakes = way.canary && way.state === "deploying";
  try {
    if (deployment !== undefined) await prepare(context, story, deployment, settings);
    progress(`${id}: ${endpoint.name} is brought to ${config}`);
    if (bakes) await beat(environment, endpoint, context.now());
    await updateEndpoint(environment, endpoint, config, bakes ? canarySettings(settings?.rollout.canary) : undefined);
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof NameTaken)) throw error;
    // An update that somebody else has just begun is waited for, not counted as ours. It may have ended since: the next look tells.
    if (isInProgress(error)) return;
    const refused = { promotion: id, reason: error.message };
    return story.record(way.state === "deploying" ? { type: "giving-up", by: "sagemaker", ...refused } : { type: "failed", ...refused });
  }
  return story.record({ type: "updating", promotion: id, config });
}

/** Makes anew what somebody deleted of the champion. */
export async function restoreChampion(context: RegistryContext, story: Story): Promise<void> {
  const live = champion(story.state);
  if (live !== undefined) await prepare(context, story, live);
}

/** SageMaker model and endpoint configuration, each made only where it is not there; the package stands since the gates passed. */
async function prepare(
  { environment }: RegistryContext,
  { workload, endpoint, state }: Story,
  deployment: Deployment,
  asked?: PromotionSettings,
): Promise<void> {
  // The judge reads by the settings that the promotion was asked for with; what infrastructure says may have changed since.
  const { windowSeconds } = canarySettings((asked ?? promotionSettingsSchema.parse(endpoint.promotion)).rollout.canary);
  // What served once is gone back to as it stands, whatever image the environment has by now.
  const servedBefore = [...state.good, ...state.everLive.values()].some(({ config }) => config === deployment.config);
  if (!servedBefore || !(await modelStands(environment, deployment.model))) {
    await createModel(environment, workload, deployment, { endpoint: endpoint.name, windowSeconds });
  }
  if (!servedBefore || !(await configurationStands(environment, deployment.config))) {
    await createConfiguration(environment, workload, deployment, endpoint);
  }
}
