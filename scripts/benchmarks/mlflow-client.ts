import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { MlflowClient } from "mlflow-client";
import { inRegion, timed } from "./in-region.ts";
import type { Measurement } from "./measurement.ts";

const benchmark = "mlflow-client";
const smallFiles = 100;
const smallFileBytes = 10_000;
const largeFileBytes = 500_000_000;
const searchedRuns = 1000;
const streamedMetrics = { few: 100_000, many: 1_000_000 };
const MEBIBYTE = 2 ** 20;

/** The client beside MLflow's own in Python, on the same server, one after the other. */
export function measureMlflowClient(runs: number): Promise<Measurement[]> {
  return inRegion(async ({ descriptor }) => {
    const folder = await mkdtemp(join(tmpdir(), "falconry-mlflow-client-"));
    try {
      const trackingUri = descriptor.tracking.uri;
      return [...(await compare(runs, trackingUri, folder)), await memory(trackingUri)];
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

async function compare(runs: number, trackingUri: string, folder: string): Promise<Measurement[]> {
  const client = new MlflowClient({ trackingUri });
  const { experimentId } = await client.experiments.getOrCreate("written");
  const searched = await manyRuns(client);
  const small = await writeSmallFiles(join(folder, "small"));
  const large = join(folder, "large.bin");
  await writeFile(large, Buffer.alloc(largeFileBytes, "falconry"));
  const newUri = async () => (await client.runs.create({ experimentId })).info.artifactUri;
  const metrics = (count: number) =>
    client.withRun({ experimentId }, async (run) => {
      for (let step = 0; step < count; step += 1) run.metric("loss", 1 / (step + 1), { step });
    });

  const tasks: { what: string; ours: () => Promise<unknown>; theirs: string }[] = [
    { what: "1,000 metrics", ours: () => metrics(1_000), theirs: "metrics 1000" },
    { what: "100,000 metrics", ours: () => metrics(100_000), theirs: "metrics 100000" },
    { what: "100 files of 10 kB", ours: async () => client.artifacts.uploadFolder(await newUri(), "", small), theirs: `folder ${small}` },
    {
      what: "a file of 500 MB",
      ours: async () => client.artifacts.uploadFile(await newUri(), "large.bin", large),
      theirs: `file ${large}`,
    },
    {
      what: "1,000 runs searched",
      ours: () => searchAll(client, searched),
      theirs: `search ${searched}`,
    },
  ];
  const python = startPython(trackingUri, experimentId);
  try {
    // The first request of each side pays for its connection and its imports.
    await python.seconds("metrics 1");
    await metrics(1);
    const measurements: Measurement[] = [];
    for (const { what, ours, theirs } of tasks) {
      const measurement = {
        benchmark,
        what,
        unit: "s",
        ours: [] as number[],
        other: { name: "MLflow's own in Python", runs: [] as number[] },
      };
      for (let run = 0; run < runs; run += 1) {
        measurement.ours.push((await timed(ours)) / 1000);
        measurement.other.runs.push(await python.seconds(theirs));
      }
      measurements.push(measurement);
    }
    return measurements;
  } finally {
    python.stop();
  }
}

/** Ten times as many metrics, in the memory that the few took. */
async function memory(trackingUri: string): Promise<Measurement> {
  const { experimentId } = await new MlflowClient({ trackingUri }).experiments.getOrCreate("streamed");
  const peak = async (count: number) => {
    const program = join(checkoutFolder, "scripts", "benchmarks", "mlflow-client-memory.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [program, trackingUri, experimentId, String(count)]);
    return Number(stdout) / MEBIBYTE;
  };
  const few = await peak(streamedMetrics.few);
  return {
    benchmark,
    what: "memory, 1,000,000 metrics",
    unit: "MiB",
    ours: [await peak(streamedMetrics.many)],
    other: { name: "100,000", runs: [few] },
  };
}

async function manyRuns(client: MlflowClient): Promise<string> {
  const { experimentId } = await client.experiments.getOrCreate("searched");
  for (let index = 0; index < searchedRuns; index += 1) {
    const { info } = await client.runs.create({ experimentId, tags: { candidate: "logistic" } });
    const metrics = ["accuracy", "auc", "loss"].map((key) => ({ key, value: index / searchedRuns, timestamp: Date.now(), step: 0 }));
    await client.runs.logBatch(info.runId, { params: { C: String(index), penalty: "l2" }, metrics });
  }
  return experimentId;
}

async function searchAll(client: MlflowClient, experimentId: string): Promise<void> {
  let found = 0;
  for await (const _ of client.runs.search({ experimentIds: [experimentId] })) found += 1;
  if (found !== searchedRuns) throw new RangeError(`${found} runs found`);
}

async function writeSmallFiles(folder: string): Promise<string> {
  await mkdir(folder);
  for (let index = 0; index < smallFiles; index += 1) await writeFile(join(folder, `${index}.bin`), Buffer.alloc(smallFileBytes, index));
  return folder;
}

function startPython(trackingUri: string, experimentId: string) {
  const program = join(checkoutFolder, "scripts", "benchmarks", "mlflow-client.py");
  const python = spawn(join(checkoutFolder, ".venv", "bin", "python"), [program, experimentId], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: trackingUri,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    },
  });
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  return {
    seconds: async (task: string) => {
      python.stdin.write(`${task}\n`);
      const { value, done } = await lines.next();
      const seconds = Number(value);
      if (done || Number.isNaN(seconds)) throw new Error(`mlflow-client.py answered "${task}" with ${value ?? "its end"}`);
      return seconds;
    },
    stop: () => python.kill(),
  };
}
