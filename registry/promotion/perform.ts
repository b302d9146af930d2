import { UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { MlflowError } from "mlflow-client";
import type { RegistryContext } from "../context.ts";
import { configurationStands, createConfiguration, createModel, NameTaken } from "../endpoint/create.ts";
import { deploymentOf } from "../endpoint/deployment.ts";
import { describeEndpoint } from "../endpoint/describe.ts";
import { isPublished, PackageChanged, publishPackage } from "../endpoint/package.ts";
import { probe } from "../endpoint/probe.ts";
import { probeRows } from "../endpoint/probe-rows.ts";
import { isInProgress, isRefusal } from "../endpoint/refusal.ts";
import { registeredFiles } from "../gates/registered-files.ts";
import { runGates } from "../gates/run-gates.ts";
import type { Action, Aliases } from "./decide.ts";
import type { Operation, UnderWay } from "./state.ts";
import { champion } from "./state.ts";
import type { Story } from "./story.ts";

type Effect = Exclude<Action, { type: "wait" | "rest" }>;

/** Does one thing in the world and records it. Every effect may be repeated: what an attempt before a crash has done is found and kept. */
export async function perform(context: RegistryContext, story: Story, action: Effect): Promise<void> {
  switch (action.type) {
    case "run-gates":
      return judge(context, story, action.promotion);
    case "intend":
      return intend(story, action.promotion, action.previousConfig);
    case "update-endpoint":
      return updateEndpoint(context, story, action.operation, action.to);
    case "probe":
      return readBack(context, story, action.operation);
    case "record-failure":
      return story.record({ type: "failed", promotion: action.operation.id, reason: action.because });
    case "mirror-aliases":
      return mirrorAliases(context, story.workload, action.aliases);
  }
}

async function judge(context: RegistryContext, story: Story, { id, version, progress }: Operation): Promise<void> {
  if (progress.state !== "requested") throw new Error(`${id} is ${progress.state}, its gates were run`);
  const live = champion(story.state);
  context.progress(`${id}: gates of version ${version}`);
  const { gates, candidate, evidence } = await runGates(context.environment, story.workload, version, live, progress.settings);
  const judged = { promotion: id, gates, champion: live?.version ?? null, evidence };
  await story.record(candidate === undefined ? { type: "gates-failed", ...judged } : { type: "gates-passed", ...judged, candidate });
}

async function intend(story: Story, { id, progress }: Operation, previousConfig: string): Promise<void> {
  if (progress.state !== "approved") throw new Error(`${id} is ${progress.state}, not approved`);
  const deployment = deploymentOf(progress.candidate, id, story.endpoint);
  await story.record({ type: "deploying", promotion: id, deployment, previousConfig });
}

async function updateEndpoint(context: RegistryContext, story: Story, operation: Operation, to: string): Promise<void> {
  const { sagemaker } = context.environment;
  const { name } = story.endpoint;
  try {
    await prepare(context, story, operation, to);
    context.progress(`${operation.id}: ${name} is brought to ${to}`);
    await sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: to }));
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof NameTaken) && !(error instanceof PackageChanged)) throw error;
    // An update that somebody else has just begun is waited for, not counted as ours. It may have ended since: the next look tells.
    if (isInProgress(error)) return;
    return story.record({ type: "failed", promotion: operation.id, reason: error.message });
  }
  await story.record({ type: "updating", promotion: operation.id, config: to });
}

/** Package, SageMaker model and endpoint configuration, each made only where it is not there. */
async function prepare(context: RegistryContext, { workload, endpoint, state }: Story, operation: Operation, to: string): Promise<void> {
  const { environment, progress } = context;
  // What served once is gone back to as it stands, whatever image the environment has by now; the bootstrap model is not ours to make.
  const wasLive = [...state.good, ...state.everLive.values()].find(({ config }) => config === to);
  if (wasLive !== undefined && (await configurationStands(environment, to))) return;
  const deployment = wasLive ?? underWay(operation).deployment;
  if (deployment.config !== to) return;
  if (!(await isPublished(environment, deployment.package))) {
    progress(`${operation.id}: publishing version ${deployment.version}`);
    await publishPackage(environment, await registeredFiles(environment, workload, deployment.version), deployment.package);
  }
  await createModel(environment, workload, deployment);
  await createConfiguration(environment, workload, deployment, endpoint);
}

/** The endpoint says that it came up; only answers of the new version prove it. */
async function readBack(context: RegistryContext, story: Story, operation: Operation): Promise<void> {
  const { deployment } = underWay(operation);
  const { version, run, dataset, config } = deployment;
  context.progress(`${operation.id}: probing ${story.endpoint.name}`);
  const rows = await probeRows(context.environment, deployment);
  const outcome = await probe(context, story.endpoint, { model: { name: story.workload, version }, run, dataset }, rows);
  // Answers count for the configuration that still stands after them: the look before them may have been an old one.
  const after = await describeEndpoint(context.environment.sagemaker, story.endpoint.name);
  if (after?.status !== "InService" || after.config !== config) return;
  if (!outcome.answered) return story.record({ type: "probe-failed", promotion: operation.id, reason: outcome.because });
  const answered = { promotion: operation.id, version, config, probes: outcome.probes };
  if (operation.kind === "promotion") return story.record({ type: "live", ...answered });
  const seconds = (outcome.firstAnswer.getTime() - Date.parse(operation.time)) / 1000;
  return story.record({ type: "rolled-back", ...answered, seconds });
}

/** A registry that lost the version must not hold up the endpoint: `status` shows what could not be mirrored. */
async function mirrorAliases({ environment, progress }: RegistryContext, workload: string, aliases: Aliases): Promise<void> {
  const { registeredModels } = environment.mlflow;
  try {
    for (const alias of ["champion", "challenger"] as const) {
      const version = aliases[alias];
      if (version === undefined) await registeredModels.deleteAlias(workload, alias);
      else await registeredModels.setAlias(workload, alias, version);
    }
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    progress(`aliases of ${workload} could not be set: ${error.message}`);
  }
}

function underWay({ id, progress }: Operation): UnderWay {
  if ("deployment" in progress) return progress;
  throw new Error(`${id} is ${progress.state}, not under way`);
}
