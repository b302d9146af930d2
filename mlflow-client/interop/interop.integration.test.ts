import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { collect } from "../src/collect.ts";
import { client, trackingUri, unusedName } from "../src/live-server.ts";
import { partsFromBytes } from "../src/upload-in-parts.ts";

const timestamp = 1_700_000_000_000;

test("Python reads what this client wrote", { timeout: 120_000 }, async () => {
  const name = unusedName();
  const { experimentId } = await client.experiments.create({ name, tags: { owner: "flight" } });
  const dataset = { name: "launches", digest: "0123", sourceType: "s3", source: "{}" };
  const large = join(await mkdtemp(join(tmpdir(), "mlflow-client-test-")), "large.txt");
  await writeFile(large, Buffer.alloc(partsFromBytes, "a"));
  const options = { experimentId, runName: "typescript", params: { C: 0.1 }, tags: { candidate: "logistic" } };
  const info = await client.withRun(options, async (run) => {
    run.metric("loss", 0.9, { timestamp, step: 1 });
    run.metric("loss", 0.1 + 0.2, { timestamp, step: 2 });
    run.metric("undefined", Number.NaN, { timestamp });
    await run.dataset(dataset, "training");
    await run.artifact("évaluation/100% sure.txt", "é");
    await run.artifactFile("large.txt", large);
    return run.info;
  });

  const model = await client.loggedModels.create({ experimentId, name: "lands", sourceRunId: info.runId, params: { C: "0.1" } });
  await client.artifacts.upload(model.artifactUri, "notes.txt", "lands");
  await client.loggedModels.setTags(model.modelId, { seed: "7" });
  const auc = { key: "auc", value: 0.8, timestamp, step: 3, modelId: model.modelId, dataset };
  await client.runs.logBatch(info.runId, { metrics: [auc] });
  await client.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  await client.runs.logModels(info.runId, [{ modelId: model.modelId, step: 0 }]);
  await client.registeredModels.getOrCreate(name, { description: "lands?", tags: { workload: "falcon" } });
  const source = `models:/${model.modelId}`;
  const version = { name, source, modelId: model.modelId, runId: info.runId, tags: { dataset: "0123" }, description: "first" };
  await client.registeredModels.setAlias(name, "champion", (await client.modelVersions.create(version)).version);

  expect(await python("describe.py", info.runId, name)).toEqual({
    metrics: { loss: "0.30000000000000004", undefined: "nan", auc: "0.8" },
    history: [
      [1, 0.9, timestamp],
      [2, 0.1 + 0.2, timestamp],
    ],
    params: { C: "0.1" },
    tags: { candidate: "logistic" },
    status: "FINISHED",
    datasets: [["launches", "0123", { "mlflow.data.context": "training" }]],
    models: [model.modelId],
    files: ["évaluation/100% sure.txt"],
    text: "é",
    version: [1, info.runId, { dataset: "0123" }, "first"],
    model: ["lands", "READY", info.runId, { C: "0.1" }],
    model_tags: { seed: "7" },
    model_metrics: [["auc", 0.8, 3, "launches", "0123"]],
    experiment: [name, "flight"],
    registered: ["lands?", { workload: "falcon" }, { champion: 1 }],
    large: partsFromBytes,
    model_text: "lands",
  });
});

test("this client reads what Python wrote", { timeout: 120_000 }, async () => {
  const name = unusedName();
  const logged = await python("log.py", name, name);

  const version = await client.modelVersions.getByAlias(name, "champion");
  expect(version).toMatchObject({ version: 1, runId: logged.run_id, modelId: logged.model_id, status: "READY" });

  const run = await client.runs.get(version?.runId ?? "");
  expect(run.info).toMatchObject({ runName: "python", status: "FINISHED" });
  expect(run.data.metrics).toEqual({ loss: 0.5, undefined: Number.NaN, auc: 0.9 });
  const auc = { key: "auc", value: 0.9, timestamp, step: 2, modelId: logged.model_id };
  expect((await client.loggedModels.get(version?.modelId ?? "")).metrics).toContainEqual(auc);
  expect(run.data.params).toEqual({ C: "0.1" });
  expect(run.inputs.datasets).toMatchObject([{ dataset: { name: "launches" }, tags: { "mlflow.data.context": "training" } }]);
  expect(run.outputs.models.map(({ modelId }) => modelId)).toEqual([logged.model_id]);
  expect(await collect(client.runs.metricHistory(run.info.runId, "loss"))).toEqual([{ key: "loss", value: 0.5, timestamp, step: 3 }]);
  expect(new TextDecoder().decode(await client.artifacts.download(run.info.artifactUri, "évaluation/100% sure.txt"))).toBe("é");

  const files = await collect(client.artifacts.list(await client.modelVersions.artifactUri(name, 1)));
  expect(files.map(({ path }) => path)).toContain("MLmodel");
});

async function python(script: string, ...parameters: string[]): Promise<Record<string, unknown>> {
  const interpreter = join(import.meta.dirname, "../../.venv/bin/python");
  const { stdout } = await promisify(execFile)(interpreter, [join(import.meta.dirname, script), ...parameters], {
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: trackingUri,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    },
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
