import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand } from "@aws-sdk/client-sagemaker";
import type { Environment } from "@falconry/environment/environment.ts";
import { processTable, startVariables } from "@falconry/environment/process-table.ts";
import autocannon from "autocannon";
import type { Measurement } from "./measurement.ts";
import { fetchTrainedModel } from "./trained-model.ts";

const name = "host-benchmark";
/** The same work and the same seconds on both ways. */
const loads = [1, 100].flatMap((rows) => [1, 8, 32].map((connections) => ({ rows, connections })));
const secondsPerRun = 4;
const warmUpSeconds = 1;

const launch = { payload_mass_kg: 15_400, core_flight: 4, block: 5, grid_fins: 1, legs: 1, reused: 1, orbit: "VLEO", site: "CCSFS SLC 40" };

/** An endpoint of two containers through the region's endpoint host, beside one of the same two asked directly; never both under load at once. */
export async function measureHost(runs: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-model-"));
  try {
    const measurements: Measurement[] = [];
    await fetchTrainedModel(folder, async (environment) => {
      await deploy(environment, folder);
      measurements.push(...(await compare(runs, through(environment), await straight())));
    });
    return measurements;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function deploy({ s3, sagemaker, descriptor }: Environment, folder: string): Promise<void> {
  const Bucket = descriptor.lake.models;
  for (const file of await readdir(folder)) {
    await s3.send(new PutObjectCommand({ Bucket, Key: `${name}/${file}`, Body: await readFile(join(folder, file)) }));
  }
  const source = { S3Uri: `s3://${Bucket}/${name}/`, S3DataType: "S3Prefix", CompressionType: "None" } as const;
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: descriptor.roles.inference,
      PrimaryContainer: {
        Image: descriptor.images.inference,
        ModelDataSource: { S3DataSource: source },
        Environment: { FALCONRY_MODEL_NAME: name, FALCONRY_MODEL_VERSION: "1" },
      },
    }),
  );
  const variant = { VariantName: "live", ModelName: name, InitialInstanceCount: 2, InstanceType: "ml.m5.large" } as const;
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  for (;;) {
    const { EndpointStatus } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    if (EndpointStatus === "InService") return;
    if (EndpointStatus !== "Creating") throw new Error(`endpoint ${name} is ${EndpointStatus}`);
    await pause(100);
  }
}

function through({ descriptor }: Environment): string {
  return `${descriptor.services.sagemakerEndpointUrl}/endpoints/${name}/invocations`;
}

async function straight(): Promise<string> {
  for (const { pid } of await processTable()) {
    const variables = startVariables(pid);
    const port = variables.find((variable) => variable.startsWith("SAGEMAKER_BIND_TO_PORT="))?.split("=")[1];
    if (port !== undefined && variables.includes(`FALCONRY_MODEL_NAME=${name}`)) return `http://127.0.0.1:${port}/invocations`;
  }
  throw new Error(`no container of ${name} runs`);
}

async function compare(runs: number, host: string, container: string): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { rows, connections } of loads) {
    const body = JSON.stringify({ dataframe_records: Array.from({ length: rows }, () => launch) });
    const [ours, theirs] = [newResults(), newResults()];
    for (let run = 0; run < runs; run += 1) {
      await load(host, connections, body, ours);
      await load(container, connections, body, theirs);
    }
    const benchmark = `host, ${rows} ${rows === 1 ? "row" : "rows"}, ${connections} ${connections === 1 ? "connection" : "connections"}`;
    const other = (runs: number[]) => ({ name: "straight to a container", runs });
    measurements.push(
      { benchmark, what: "requests", unit: "1/s", ours: ours.throughput, other: other(theirs.throughput) },
      { benchmark, what: "latency, p50", unit: "ms", ours: ours.p50, other: other(theirs.p50) },
      { benchmark, what: "latency, p99", unit: "ms", ours: ours.p99, other: other(theirs.p99) },
    );
  }
  return measurements;
}

interface Results {
  throughput: number[];
  p50: number[];
  p99: number[];
}

function newResults(): Results {
  return { throughput: [], p50: [], p99: [] };
}

async function load(url: string, connections: number, body: string, results: Results): Promise<void> {
  await fire(url, connections, body, warmUpSeconds);
  const milliseconds = (await fire(url, connections, body, secondsPerRun)).sort((one, other) => one - other);
  const quantile = (share: number) => milliseconds[Math.floor(share * milliseconds.length)] ?? Number.NaN;
  results.throughput.push(milliseconds.length / secondsPerRun);
  results.p50.push(quantile(0.5));
  results.p99.push(quantile(0.99));
}

/** autocannon's own histogram knows whole milliseconds only. @returns milliseconds of every request */
function fire(url: string, connections: number, body: string, duration: number): Promise<number[]> {
  const milliseconds: number[] = [];
  const headers = { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const load = autocannon({ url, method: "POST", headers, body, connections, duration }, (error: Error | null, result) => {
      if (error !== null) reject(error);
      else if (result.non2xx + result.errors > 0)
        reject(new Error(`${url}: ${result.non2xx} refused requests, ${result.errors} broken ones`));
      else resolve(milliseconds);
    });
    load.on("response", (_client, _status, _bytes, took) => milliseconds.push(took));
  });
}
