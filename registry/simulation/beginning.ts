import { lineageTags, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { createBootstrapConfiguration, storeFeatures, trialFiles, trialPredictions } from "../trial-model.fixture.ts";
import { simulatedEnvironment } from "./clients.ts";
import { Clock } from "./clock.ts";
import { play } from "./play.ts";
import { badVersion, type Step } from "./scenario.ts";
import type { RegisteredVersion } from "./tracking.ts";
import { type Beginning, World } from "./world.ts";

const workload = "sim";

const descriptor: Beginning["descriptor"] = {
  environment: "simulated",
  region: "us-east-1",
  tracking: { uri: "http://mlflow.invalid", authentication: { type: "none" } },
  lake: { raw: "raw", clean: "clean", features: "features", artifacts: "artifacts", models: "models", audit: "audit" },
  tables: { ledger: "ledger" },
  keys: { lake: "arn:aws:kms:us-east-1:0:key/lake", ledger: "arn:aws:kms:us-east-1:0:key/ledger" },
  roles: { inference: "arn:aws:iam::0:role/inference", training: "arn:aws:iam::0:role/training", registry: "arn:aws:iam::0:role/registry" },
  images: { inference: "falconry/inference:1" },
  endpoints: {
    [workload]: { name: workload, variant: "live", instanceType: "ml.m5.large", instanceCount: 2, bootstrapConfig: "bootstrap" },
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
  const empty = { descriptor, workload, objects: new Map(), stock, versions: [], items: new Map(), aliases: {}, config: "bootstrap" };
  const world = new World(empty, [], new Clock());
  const environment = simulatedEnvironment(world, async ({ effect }) => effect());
  const features = await storeFeatures(environment, workload);
  await createBootstrapConfiguration(environment, workload);
  const versions = Array.from({ length: badVersion }, (_, at) => registeredVersion(at + 1, features));
  return { ...empty, objects: world.buckets.objects, stock: world.hosting, versions };
}

async function afterPromotion(beginning: Beginning, version: number): Promise<Beginning> {
  const steps: Step[] = [
    { act: { type: "promote", version }, after: "rest" },
    { act: { type: "approve", which: "last" }, after: "rest" },
  ];
  const { world, violations } = await play(beginning, { past: 0, steps, mishaps: [], picks: [], courses: [] });
  if (violations.length > 0) throw new Error(`version ${version} does not go live: ${violations.join("; ")}`);
  const { buckets, hosting, table, tracking } = world;
  return {
    ...beginning,
    objects: buckets.objects,
    stock: hosting,
    items: table.items,
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
      data: { metrics: {}, params: {}, tags: { [lineageTags.features]: features } },
      inputs: { datasets: [] },
      outputs: { models: [] },
    },
    files: {
      [`${source}/MLmodel`]: MLmodel,
      [`${source}/model.onnx`]: graph,
      [`${artifactUri}/${recordedPredictionsPath}`]: Buffer.from(JSON.stringify(trialPredictions(weight))),
    },
  };
}
