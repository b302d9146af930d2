import { lineageTags, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { createBootstrapConfiguration, storeFeatures, trialFiles, trialPredictions, trialWorkload } from "../trial-model.fixture.ts";
import { simulatedEnvironment } from "./clients.ts";
import { Clock } from "./clock.ts";
import { play } from "./play.ts";
import { badVersion, type Scenario, type Step } from "./scenario.ts";
import type { RegisteredVersion } from "./tracking.ts";
import { type Beginning, World } from "./world.ts";

const workload = "sim";

const { metric, gates, rollout } = trialWorkload(workload);

/** Short, so that a bake takes few passes of a driver; four periods of the alarm `silent` are longer than a driver is away in calm weather. */
const canary = { windowSeconds: 4, minimumBakeSeconds: 8, maxBakeSeconds: 52, silenceToAlarmSeconds: 32, minimumRequests: 300 };

const descriptor: Beginning["descriptor"] = {
  environment: "simulated",
  region: "us-east-1",
  tracking: { uri: "http://mlflow.invalid", authentication: { type: "none" } },
  lake: { raw: "raw", clean: "clean", features: "features", artifacts: "artifacts", models: "models", audit: "audit" },
  tables: { ledger: "ledger" },
  keys: { lake: "arn:aws:kms:us-east-1:0:key/lake", ledger: "arn:aws:kms:us-east-1:0:key/ledger" },
  roles: { inference: "arn:aws:iam::0:role/inference", training: "arn:aws:iam::0:role/training", registry: "arn:aws:iam::0:role/registry" },
  images: { inference: "falconry/inference:1" },
  topics: { promotions: "arn:aws:sns:us-east-1:0:promotions" },
  identity: { userPool: "pool", client: "client", issuer: "http://issuer.invalid", keysUrl: "http://issuer.invalid/keys" },
  controlPlane: { url: "http://control-plane.invalid" },
  endpoints: {
    [workload]: {
      name: workload,
      variant: "live",
      instanceType: "ml.m5.large",
      instanceCount: 2,
      bootstrapConfig: "bootstrap",
      alarms: { silent: "sim-silent", unhealthy: "sim-unhealthy" },
      promotion: { metric, gates, rollout: { ...rollout, canary, approvalHours: 0.25 } },
    },
  },
  services: {},
};

/**
 * What infrastructure and a few trainings leave: real graphs, rows and manifests, and an endpoint that serves the bootstrap model; then the
 * same after one version went live, and after two.
 */
export async function beginnings(): Promise<Beginning[]> {
  const bare = await begin();
  const one = await afterPromotion(bare, 1);
  return [bare, one, await afterPromotion(one, 2)];
}

async function begin(): Promise<Beginning> {
  const stock = { models: new Map(), configs: new Map() };
  const nothing = { objects: new Map(), versions: [], items: new Map(), told: [], aliases: {} };
  const empty = { ...nothing, descriptor, workload, stock, config: "bootstrap" };
  const world = new World(empty, calm, new Clock());
  const nobody = { sent() {}, ordered() {}, ledgerAnswered() {}, answered() {}, aliasSet() {} };
  const environment = simulatedEnvironment(world, async ({ effect }) => effect(), nobody);
  const features = await storeFeatures(environment, workload);
  await createBootstrapConfiguration(environment, workload);
  const versions = Array.from({ length: badVersion }, (_, at) => registeredVersion(at + 1, features));
  return { ...empty, objects: world.buckets.objects, stock: world.hosting, versions };
}

/** Nothing is in the way. */
const calm: Scenario = {
  past: 0,
  steps: [],
  mishaps: [],
  picks: [],
  ailments: {},
  drivers: [5],
  courses: [{ seconds: 2, ends: "comes-up" }],
  traffic: { requestsPerSecond: 200, delaySeconds: 0 },
};

async function afterPromotion(beginning: Beginning, version: number): Promise<Beginning> {
  const steps: Step[] = [
    { act: { type: "promote", version, again: false }, after: "rest" },
    { act: { type: "approve", which: "last", by: "grace" }, after: "rest" },
  ];
  const { world, violations, account } = await play(beginning, { ...calm, steps }, { isTold: true });
  if (violations.length > 0 || world.tracking.aliases.champion !== version) {
    throw new Error(`version ${version} does not go live: ${[...violations, ...account].join("\n")}`);
  }
  const { buckets, hosting, table, topic, tracking } = world;
  return {
    ...beginning,
    objects: buckets.objects,
    stock: hosting,
    items: table.items,
    told: topic.told,
    aliases: tracking.aliases,
    config: hosting.servingConfig,
  };
}

function registeredVersion(version: number, features: string): RegisteredVersion {
  const runId = `run-${version}`;
  const source = `mlflow-artifacts:/models/${version}`;
  const artifactUri = `mlflow-artifacts:/runs/${version}`;
  const weight = version === badVersion ? -4 : 3 + version;
  const { MLmodel, "model.onnx": graph } = trialFiles(["thrust", "drag"], weight, { modelId: `m-${version}`, runId });
  return {
    version: {
      name: workload,
      version,
      runId,
      source,
      status: "READY",
      description: "",
      aliases: [],
      tags: {},
      creationTimestamp: 0,
      lastUpdatedTimestamp: 0,
    },
    run: {
      info: {
        runId,
        runName: runId,
        experimentId: "1",
        status: "FINISHED",
        startTime: 0,
        endTime: 1,
        artifactUri,
        lifecycleStage: "active",
      },
      data: { metrics: {}, params: {}, tags: { [lineageTags.features]: features, "mlflow.user": "tim" } },
      inputs: { datasets: [], models: [] },
      outputs: { models: [] },
    },
    files: {
      [`${source}/MLmodel`]: MLmodel,
      [`${source}/model.onnx`]: graph,
      [`${artifactUri}/${recordedPredictionsPath}`]: Buffer.from(JSON.stringify(trialPredictions(weight))),
    },
  };
}
