import { FalconryError } from "@falconry/environment/error.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import { clear, trip } from "../canary/signals.ts";
import type { RegistryContext } from "../context.ts";
import { deploymentOf } from "../endpoint/deployment.ts";
import { describeEndpoint } from "../endpoint/describe.ts";
import { requireGuarded } from "../endpoint/guardrails.ts";
import { evidenceStore, keepEvidence } from "../ledger/evidence.ts";
import type { Action } from "./action.ts";
import { bringUp, restoreChampion } from "./effects/bring-up.ts";
import { mirrorAliases } from "./effects/mirror-aliases.ts";
import { readBack } from "./effects/read-back.ts";
import type { EventDraft } from "./events.ts";
import { champion } from "./state.ts";
import type { Story } from "./story.ts";

type Effect = Exclude<Action, { type: "wait" | "rest" }>;
type Of<Type extends Action["type"]> = Extract<Action, { type: Type }>;

/** Does one thing in the world and records it. Every effect may be repeated: what an attempt before a crash has done is found and kept. */
export async function perform(context: RegistryContext, story: Story, action: Effect): Promise<void> {
  const { environment, progress } = context;
  switch (action.type) {
    case "run-gates": {
      const { judgeVersion } = await import("./effects/judge-version.ts"); // loads the runtime that models run on
      return judgeVersion(context, story, action.promotion);
    }
    case "intend":
      return intend(context, story, action);
    case "update-endpoint":
      return bringUp(context, story, action);
    case "probe":
      return readBack(context, story, action);
    case "trip":
      progress(`${story.endpoint.name}: ${action.because}`);
      return trip(environment, story.endpoint);
    case "clear-alarm":
      return clear(environment, story.endpoint, context.now());
    case "repair":
      return repair(context, story, action);
    case "restore-champion":
      await story.record({ type: "noticed", promotion: lastId(story), what: "configuration", reason: action.because });
      return restoreChampion(context, story);
    case "notice":
      return story.record({ type: "noticed", promotion: lastId(story), what: action.what, reason: action.because });
    case "mirror-aliases":
      if (await mirrorAliases(context, story.workload, action.aliases)) {
        await story.record({ type: "mirrored", promotion: lastId(story), aliases: action.aliases });
      }
      return;
    case "record":
      return story.record(await kept(context, action.event));
  }
}

async function intend({ environment }: RegistryContext, story: Story, { promotion, previousConfig, canary }: Of<"intend">): Promise<void> {
  const { id, progress, settings } = promotion;
  if (progress.state !== "approved") throw new Error(`${id} is ${progress.state}, not approved`);
  try {
    if (canary) await requireGuarded(environment, story.endpoint, canarySettings(settings?.rollout.canary));
  } catch (error) {
    if (!(error instanceof FalconryError) || error.code !== "registry.endpoint-unguarded") throw error;
    return story.record({ type: "failed", promotion: id, reason: error.message });
  }
  const deployment = deploymentOf(progress.candidate, id, story.endpoint);
  return story.record({ type: "deploying", promotion: id, deployment, previousConfig, canary });
}

/** Only where a second look shows the same: the first answer may have been an old one. */
async function repair({ environment }: RegistryContext, story: Story, { previousConfig, because }: Of<"repair">): Promise<void> {
  const again = await describeEndpoint(environment.sagemaker, story.endpoint.name);
  if (again?.status !== "InService" || again.config !== previousConfig) return;
  const { version, config } = champion(story.state) ?? { version: 0, config: story.endpoint.bootstrapConfig };
  return story.record({ type: "repairing", promotion: story.nextId, reason: because, version, config, previousConfig });
}

/** What a judgement rests on may be too large for the event. */
async function kept({ environment }: RegistryContext, event: EventDraft): Promise<EventDraft> {
  if (event.type !== "completing" && event.type !== "giving-up") return event;
  const { judgement } = event;
  if (judgement === undefined || !("inline" in judgement.evidence)) return event;
  const evidence = await keepEvidence(evidenceStore(environment), judgement.evidence.inline);
  return { ...event, judgement: { ...judgement, evidence } };
}

/** What belongs to no operation is told of the last one; before the first one, of itself. */
function lastId({ state, nextId }: Story): string {
  return [...state.operations.keys()].at(-1) ?? nextId;
}
