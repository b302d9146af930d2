import type { RegistryContext } from "./context.ts";
import { aliasesOf, type Observation } from "./promotion/decide.ts";
import { observe } from "./promotion/observe.ts";
import { champion, type Operation } from "./promotion/state.ts";
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
  champion: ServingVersion | null;
  /** The version in flight that passed the gates. */
  challenger: (ServingVersion & { promotion: string }) | null;
  /** Ledger, endpoint and registry say the same. */
  agrees: boolean;
  /** Where they do not, in words. */
  differences: string[];
}

/** @param workload all of the environment's where undefined */
export async function status(context: RegistryContext, workload?: string): Promise<{ workloads: WorkloadStatus[] }> {
  const names = workload === undefined ? Object.keys(context.environment.descriptor.endpoints) : [workload];
  const workloads: WorkloadStatus[] = [];
  for (const name of names) workloads.push(await workloadStatus(context, name));
  return { workloads };
}

async function workloadStatus(context: RegistryContext, name: string): Promise<WorkloadStatus> {
  const story = await Story.read(context, name);
  const live = champion(story.state);
  const { inFlight } = story.state;
  const coming = inFlight?.kind === "promotion" ? candidateOf(inFlight) : undefined;
  const differences = compare(story, await observe(context, story));
  return {
    name,
    endpoint: story.endpoint.name,
    state: inFlight?.progress.state ?? (live === undefined ? "bootstrap" : "live"),
    champion: live === undefined ? null : serving(live),
    challenger: coming === undefined || inFlight === undefined ? null : { promotion: inFlight.id, ...serving(coming) },
    agrees: differences.length === 0,
    differences,
  };
}

/** What the world shows against what the ledger says. While an endpoint is brought up, the two differ by design. */
function compare({ state, endpoint, workload }: Story, { endpoint: seen, aliases: seenAliases }: Observation): string[] {
  if (seen === undefined) return [`SageMaker has no endpoint ${endpoint.name}`];
  if (state.inFlight !== undefined && "deployment" in state.inFlight.progress) return [];
  const differences: string[] = [];
  const live = champion(state);
  const config = live?.config ?? endpoint.bootstrapConfig;
  const meant = live === undefined ? "its bootstrap model" : `version ${live.version}`;
  if (seen.status !== "InService") {
    differences.push(`endpoint ${endpoint.name} is ${seen.status}${seen.failureReason ? `: ${seen.failureReason}` : ""}`);
  }
  if (seen.config !== config) {
    differences.push(`endpoint ${endpoint.name} runs configuration ${seen.config}; the ledger says ${meant} with ${config}`);
  }
  if (seenAliases === undefined) return [...differences, "MLflow does not answer: its aliases could not be compared"];
  const aliases = aliasesOf(state);
  for (const alias of ["champion", "challenger"] as const) {
    if (seenAliases[alias] === aliases[alias]) continue;
    const shown = (version: number | undefined) => (version === undefined ? "no version" : `version ${version}`);
    differences.push(`alias ${alias} of ${workload} names ${shown(seenAliases[alias])}; the ledger says ${shown(aliases[alias])}`);
  }
  return differences;
}

function candidateOf({ progress }: Operation): ServingVersion | undefined {
  if ("candidate" in progress) return progress.candidate;
  return "deployment" in progress ? progress.deployment : undefined;
}

function serving({ version, run, dataset }: ServingVersion): ServingVersion {
  return { version, run, dataset };
}
