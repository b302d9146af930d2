import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateEndpointCommand, DeleteEndpointCommand } from "@aws-sdk/client-sagemaker";
import { type EndpointSettings, endpointOf } from "@falconry/environment/descriptor.ts";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { alarmPeriodSeconds, canarySettings } from "@falconry/model/canary.ts";
import { lineageTags, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { type PromotionSettings, promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { describeEndpoint } from "./endpoint/describe.ts";
import { createBootstrapConfiguration, storeFeatures, trialFiles, trialPredictions, trialWorkload } from "./trial-model.fixture.ts";

/** What a test may spoil about a version. */
export interface VersionSettings {
  /** Weight of the first column, the others have none: 4 answers every row right, -4 nearly every row wrong. @default 4 */
  weight?: number;
  /** Columns that the model reads. @default thrust and drag, all that there are */
  columns?: string[];
  /** Tags of the run, in place of the right ones. */
  tags?: Record<string, string>;
  /** Tags of the run, beside the right ones. */
  spoiltTags?: Record<string, string>;
  /** Added to every recorded probability. */
  recordedError?: number;
  /** @default true */
  record?: boolean;
  /** In place of the graph. */
  graph?: Uint8Array;
}

/** A workload of its own with its own endpoint in the shared region, before its first promotion. */
export interface Trial extends AsyncDisposable {
  environment: Environment;
  workload: Workload;
  endpoint: string;
  /** Registers a version, as a training would. @returns its number */
  register(settings?: VersionSettings): Promise<number>;
}

/** A canary bakes in seconds. A machine that does other things beside makes a pass of some seconds: silence is heard after more. */
const canary = { minimumBakeSeconds: 3, maxBakeSeconds: 17, silenceToAlarmSeconds: 8, windowSeconds: 1, minimumRequests: 100 };

const lenience = { latencyEffect: 1, serverErrorMargin: 0.1, clientErrorMargin: 0.1, classShift: 0.3, probabilityShift: 0.8 };

function rolloutOf({ fourEyes, lenient, canary: own }: TrialSettings): PromotionSettings["rollout"] {
  return { instanceType: "ml.m5.large", instanceCount: 2, canary: { ...canary, ...(lenient && lenience), ...own }, fourEyes };
}

/** What the environment holds promotions to, where a test wants it otherwise. */
export interface TrialSettings {
  gates?: PromotionSettings["gates"];
  fourEyes?: boolean;
  /** Judges by few requests, and not by how long they take: a machine that does other things beside answers few, and slowly. */
  lenient?: boolean;
  canary?: PromotionSettings["rollout"]["canary"];
}

export async function openTrial(settings: TrialSettings = {}): Promise<Trial> {
  const name = `trial-${randomUUID().slice(0, 8)}`;
  const { metric, gates } = trialWorkload(name);
  using local = await openEnvironment("local");
  const endpoint = {
    name: `${local.descriptor.environment}-${name}`,
    variant: "live" as const,
    instanceType: "ml.m5.large",
    instanceCount: 2,
    bootstrapConfig: `${local.descriptor.environment}-${name}-bootstrap`,
    alarms: { silent: `${name}-silent`, unhealthy: `${name}-unhealthy` },
    promotion: { metric, gates: settings.gates ?? gates, rollout: rolloutOf(settings) },
  };
  const environment = connect({ ...local.descriptor, endpoints: { [name]: endpoint } });
  const features = await storeFeatures(environment, name);
  const experiment = await environment.mlflow.experiments.getOrCreate(name);
  await environment.mlflow.registeredModels.getOrCreate(name);
  await createAlarms(environment, endpoint);
  await createBootstrap(environment, name);
  return {
    environment,
    endpoint: endpoint.name,
    workload: trialWorkload(name),
    register: (settings = {}) => register(environment, name, experiment.experimentId, features, settings),
    async [Symbol.asyncDispose]() {
      await environment.sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint.name }));
      await environment.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: Object.values(endpoint.alarms) }));
      environment[Symbol.dispose]();
    },
  };
}

/** As infrastructure makes them. */
async function createAlarms({ cloudwatch }: Environment, { name, alarms, promotion }: EndpointSettings): Promise<void> {
  const Period = alarmPeriodSeconds(canarySettings(promotionSettingsSchema.parse(promotion).rollout.canary));
  const watches = {
    Namespace: rolloutNamespace,
    Dimensions: [{ Name: "Endpoint", Value: name }],
    Period,
    EvaluationPeriods: 1,
    Threshold: 1,
  };
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...watches,
      AlarmName: alarms.silent,
      MetricName: heartbeatMetric,
      Statistic: "Sum",
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
    }),
  );
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...watches,
      AlarmName: alarms.unhealthy,
      MetricName: unhealthyMetric,
      Statistic: "Maximum",
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
    }),
  );
}

async function register(
  { mlflow }: Environment,
  workload: string,
  experimentId: string,
  features: string,
  { weight = 4, columns = ["thrust", "drag"], tags, spoiltTags, recordedError = 0, record = true, graph }: VersionSettings,
): Promise<number> {
  const ownTags = { [lineageTags.features]: features, "mlflow.user": "tim", ...spoiltTags };
  const { info } = await mlflow.runs.create({ experimentId, tags: tags ?? ownTags });
  const model = await mlflow.loggedModels.create({ experimentId, name: workload, sourceRunId: info.runId });
  const content = trialFiles(columns, weight, { modelId: model.modelId, runId: info.runId }, graph);
  for (const [file, bytes] of Object.entries(content)) await mlflow.artifacts.upload(model.artifactUri, file, bytes);
  await mlflow.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  if (record) {
    const recorded = trialPredictions(weight, recordedError);
    await mlflow.artifacts.upload(info.artifactUri, recordedPredictionsPath, JSON.stringify(recorded));
  }
  await mlflow.runs.logBatch(info.runId, { metrics: [{ key: "test_accuracy", value: 1, timestamp: 0, step: 0 }] });
  await mlflow.runs.update(info.runId, { status: "FINISHED", endTime: 1 });
  const { version } = await mlflow.modelVersions.create({
    name: workload,
    source: `models:/${model.modelId}`,
    runId: info.runId,
    modelId: model.modelId,
  });
  return version;
}

/** What infrastructure makes: an endpoint that answers before anything was promoted. */
async function createBootstrap(environment: Environment, workload: string): Promise<void> {
  const { name, bootstrapConfig } = endpointOf(environment.descriptor, workload);
  await createBootstrapConfiguration(environment, workload);
  await environment.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: bootstrapConfig }));
  for (;;) {
    const status = (await describeEndpoint(environment.sagemaker, name))?.status;
    if (status === "InService") return;
    if (status !== "Creating") throw new Error(`the trial's endpoint is ${status}`);
    await sleep(100);
  }
}
