import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { localCredentials } from "@falconry/environment/environment.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { driveToRest, traffic } from "./drive.fixture.ts";
import { type Registry, registryOf } from "./registry.ts";
import { openTrial, type Trial } from "./trial.fixture.ts";

let trial: Trial;
let registry: Registry;

beforeAll(async () => {
  // Live rows lie far from those it was fitted on: what it makes of them is not the champion's answer, and not the point here.
  const canary = { classShift: 1, probabilityShift: 1 };
  trial = await openTrial({ gates: { floor: 0.7, tolerance: 0.2, minimumRows: 20 }, fourEyes: false, lenient: true, canary });
  registry = registryOf(trial.environment, { actor: "ada", now: () => new Date() });
});
afterAll(() => trial[Symbol.asyncDispose]());

/** Runs the README's example for the trial's workload. @returns the version that it registered */
async function runExample(): Promise<number> {
  const readme = await readFile(join(import.meta.dirname, "README.md"), "utf8");
  const [, example = ""] = /```py\n([\s\S]*?)```/.exec(readme) ?? [];
  const script = example.replace('workload = "falcon"', `workload = "${trial.workload.name}"`);
  const { descriptor } = trial.environment;
  const { stdout } = await promisify(execFile)(join(checkoutFolder, ".venv/bin/python"), ["-c", script], {
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: descriptor.tracking.uri,
      AWS_ENDPOINT_URL: descriptor.services.awsEndpointUrl,
      AWS_DEFAULT_REGION: descriptor.region,
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    },
  });
  return Number(stdout.trim().split("\n").at(-1));
}

async function ask() {
  const { Body } = await trial.environment.sagemakerRuntime.send(
    new InvokeEndpointCommand({
      EndpointName: trial.endpoint,
      ContentType: "application/json",
      Body: JSON.stringify({ dataframe_records: [{ thrust: 3, drag: 1 }] }),
    }),
  );
  return JSON.parse(Body.transformToString()).predictions[0];
}

async function goLive(version: number): Promise<void> {
  const { name } = trial.workload;
  const { promotion } = await registry.promote(name, version);
  await driveToRest(registry, name);
  expect((await registry.promotion(promotion)).gates.filter(({ passed }) => !passed)).toEqual([]);
  await registry.approve(promotion, "fitted in a notebook");
  await driveToRest(registry, name);
  const { state, because } = await registry.promotion(promotion);
  expect({ state, because }).toEqual({ state: "live" });
}

/** Milliseconds: Python loads scikit-learn, and a canary bakes. */
const pythonAndACanary = 300_000;

test(
  "a scikit-learn model that Python logged, ZipMap and all, is promoted, served and rolled back",
  async () => {
    const first = await trial.register();
    await goLive(first);
    const version = await runExample();
    const asking = traffic(trial);
    await goLive(version);
    expect(await asking.stop()).toMatchObject({ failures: [] });
    expect(await ask()).toMatchObject({ prediction: 1, model: { name: trial.workload.name, version } });

    expect(await registry.rollback(trial.workload.name, { reason: "only a trial" })).toMatchObject({ from: version, to: first });
    await driveToRest(registry, trial.workload.name);
    expect(await ask()).toMatchObject({ prediction: 1, model: { version: first } });
  },
  pythonAndACanary,
);
