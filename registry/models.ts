import type { RegistryContext } from "./context.ts";
import type { Verdict } from "./gates/verdict.ts";
import { champion, type EndpointState } from "./promotion/state.ts";
import { Story } from "./promotion/story.ts";

export interface ModelVersionReport {
  version: number;
  run: string;
  /** ISO 8601. */
  created: string;
  /** The run's metrics, as it logged them. */
  metrics: Record<string, number>;
  /** MLflow's aliases for it. */
  aliases: string[];
  /** The last promotion of it, or null. */
  promotion: { promotion: string; state: string; gates: readonly Verdict[] } | null;
  /** Endpoints whose champion it is. */
  serves: string[];
}

/** Versions of a workload's registered model, newest first; also of one that the environment has no endpoint for: a table that was only trained on. */
export async function models(context: RegistryContext, workload: string): Promise<{ workload: string; versions: ModelVersionReport[] }> {
  const { mlflow, descriptor } = context.environment;
  const story = Object.hasOwn(descriptor.endpoints, workload) ? await Story.read(context, workload) : undefined;
  const aliases = (await mlflow.registeredModels.get(workload))?.aliases ?? {};
  const versions: ModelVersionReport[] = [];
  for await (const { version, runId, creationTimestamp } of mlflow.modelVersions.search({ filter: `name = '${workload}'` })) {
    versions.push({
      version,
      run: runId,
      created: new Date(creationTimestamp).toISOString(),
      metrics: runId === "" ? {} : (await mlflow.runs.get(runId)).data.metrics,
      aliases: Object.keys(aliases).filter((alias) => aliases[alias] === version),
      promotion: story === undefined ? null : lastPromotion(story.state, version),
      serves: story !== undefined && champion(story.state)?.version === version ? [story.endpoint.name] : [],
    });
  }
  return { workload, versions: versions.sort((one, other) => other.version - one.version) };
}

function lastPromotion({ operations }: EndpointState, version: number): ModelVersionReport["promotion"] {
  const last = [...operations.values()].findLast((operation) => operation.kind === "promotion" && operation.version === version);
  return last === undefined ? null : { promotion: last.id, state: last.progress.state, gates: last.gates };
}
