import { canarySettings } from "@falconry/model/canary.ts";
import type { RegistryContext } from "./context.ts";
import type { ObservedEndpoint } from "./endpoint/describe.ts";
import type { Observation } from "./promotion/action.ts";
import { judgementOf, verdictDue, words } from "./promotion/bake.ts";
import type { KeptJudgement } from "./promotion/events.ts";
import { observe } from "./promotion/observe.ts";
import { isUnderWay, type Operation } from "./promotion/operation.ts";
import type { Pass } from "./promotion/reconcile.ts";
import { aliasesOf, champion } from "./promotion/state.ts";
import { Story } from "./promotion/story.ts";

interface ServingVersion {
  version: number;
  run: string;
  /** Digest of the dataset version. */
  dataset: string;
}

export interface WorkloadStatus {
  name: string;
  endpoint: string;
  /** State of what is in flight; without it "live", or "bootstrap" before the first promotion. */
  state: string;
  /** Id of what is in flight. */
  inFlight: string | null;
  champion: ServingVersion | null;
  /** The version in flight that passed the gates. */
  challenger: (ServingVersion & { promotion: string }) | null;
  /** How a canary does; null where none bakes. */
  canary: CanaryStatus | null;
  /** Ledger, endpoint and registry say the same. */
  agrees: boolean;
  /** Where they do not, in words. */
  differences: string[];
}

export interface CanaryStatus extends Omit<KeptJudgement, "evidence"> {
  /** ISO 8601: when it got its first traffic. */
  since: string;
  /** ISO 8601: when it goes live or back, unless it is found unhealthy before. */
  due: string;
  bakedSeconds: number;
  maxBakeSeconds: number;
  /** What is still open, or speaks against it. */
  because: string;
}

/** @param workload all of the environment's where undefined */
export async function status(context: RegistryContext, workload?: string): Promise<{ workloads: WorkloadStatus[] }> {
  const names = workload === undefined ? Object.keys(context.environment.descriptor.endpoints) : [workload];
  const workloads: WorkloadStatus[] = [];
  for (const name of names) {
    const story = await Story.read(context, name);
    workloads.push(statusOf({ story, world: await observe(context, story) }, context.now()));
  }
  return { workloads };
}

export function statusOf({ story, world }: Pass, now: Date): WorkloadStatus {
  const { workload: name, endpoint, state } = story;
  const live = champion(state);
  const { inFlight } = state;
  const differences = compare(story, world);
  return {
    name,
    endpoint: endpoint.name,
    state: inFlight?.progress.state ?? (live === undefined ? "bootstrap" : "live"),
    inFlight: inFlight?.id ?? null,
    champion: live === undefined ? null : serving(live),
    challenger: challenger(state.promotion),
    canary: inFlight === undefined ? null : canaryOf(inFlight, world, now),
    agrees: differences.length === 0,
    differences,
  };
}

/** What the world shows against what the ledger says. While an endpoint is brought up, the two differ by design. */
function compare({ state, endpoint, workload }: Story, { endpoint: seen, aliases: seenAliases, championStands }: Observation): string[] {
  if (seen === undefined) return [`SageMaker has no endpoint ${endpoint.name}`];
  if (state.inFlight !== undefined && isUnderWay(state.inFlight.progress)) return [];
  const live = champion(state);
  const config = live?.config ?? endpoint.bootstrapConfig;
  const differences = [...serves(seen)];
  if (championStands === false) differences.push(`configuration ${config} or its model was deleted; falconry reconcile makes it anew`);
  if (seenAliases === undefined) return [...differences, "MLflow does not answer: its aliases could not be compared"];
  const aliases = aliasesOf(state);
  for (const alias of ["champion", "challenger"] as const) {
    if (seenAliases[alias] === aliases[alias]) continue;
    const shown = (version: number | undefined) => (version === undefined ? "no version" : `version ${version}`);
    differences.push(`alias ${alias} of ${workload} names ${shown(seenAliases[alias])}; the ledger says ${shown(aliases[alias])}`);
  }
  return differences;

  function serves({ status, failureReason, config: seenConfig }: ObservedEndpoint): string[] {
    const found: string[] = [];
    if (status !== "InService") found.push(`endpoint ${endpoint.name} is ${status}${failureReason ? `: ${failureReason}` : ""}`);
    if (seenConfig === config) return found;
    const meant = live === undefined ? "its bootstrap model" : `version ${live.version}`;
    const isOurs = state.deployments.has(seenConfig) || seenConfig === endpoint.bootstrapConfig;
    const wayOut = live === undefined ? "by infrastructure" : `with: falconry rollback ${workload} --reason "…" --to ${live.version}`;
    const whose =
      isOurs && state.unrepaired !== seenConfig
        ? ""
        : `, and it is ${isOurs ? "not brought back by itself again" : "none of ours"}: bring it back ${wayOut}`;
    return [...found, `endpoint ${endpoint.name} runs configuration ${seenConfig}; the ledger says ${meant} with ${config}${whose}`];
  }
}

function challenger(promotion: Operation | undefined): WorkloadStatus["challenger"] {
  if (promotion === undefined) return null;
  const { id, progress } = promotion;
  const coming =
    "candidate" in progress
      ? progress.candidate
      : isUnderWay(progress) && progress.state !== "rolling-back"
        ? progress.to.deployment
        : undefined;
  return coming === undefined ? null : { promotion: id, ...serving(coming) };
}

function canaryOf(operation: Operation, { evidence }: Observation, now: Date): CanaryStatus | null {
  const { progress, settings } = operation;
  if (!isUnderWay(progress) || progress.bakingSince === undefined) return null;
  const { evidence: _, ...judgement } = judgementOf(operation, evidence);
  const { bakingSince: since } = progress;
  const { maxBakeSeconds } = canarySettings(settings?.rollout.canary);
  const bakedSeconds = Math.max(0, now.getTime() - Date.parse(since)) / 1000;
  return {
    ...judgement,
    since,
    due: verdictDue(operation, since).toISOString(),
    bakedSeconds,
    maxBakeSeconds,
    because: words(judgement),
  };
}

function serving({ version, run, dataset }: ServingVersion): ServingVersion {
  return { version, run, dataset };
}
