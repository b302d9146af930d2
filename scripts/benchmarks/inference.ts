import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import type { Measurement } from "./measurement.ts";
import { type ModelServer, serveWithFalconry, serveWithMlflow } from "./model-servers.ts";
import { fetchTrainedModel } from "./trained-model.ts";

const connections = 32;
const secondsPerRun = 10;
const warmUpSeconds = 2;

/** A Starlink launch; a request is one row, as a caller sends it. */
const launch = { payload_mass_kg: 15_400, core_flight: 4, block: 5, grid_fins: 1, legs: 1, reused: 1, orbit: "VLEO", site: "CCSFS SLC 40" };

/** The inference container with Falcon's model beside `mlflow models serve` of the same files: one process each, never both under load at once. */
export async function measureInference(runs: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-model-"));
  const results = { ours: newResults(), theirs: newResults() };
  const servers: ModelServer[] = [];
  try {
    await fetchTrainedModel(folder);
    const ours = await serveWithFalconry(folder);
    servers.push(ours);
    const theirs = await serveWithMlflow(folder);
    servers.push(theirs);
    for (let run = 0; run < runs; run += 1) {
      await load(ours, results.ours);
      await load(theirs, results.theirs);
    }
  } finally {
    for (const server of servers) server.stop();
    await rm(folder, { recursive: true });
  }
  const other = "mlflow models serve";
  const common = { benchmark: `inference, ${connections} connections` };
  return [
    { ...common, what: "requests", unit: "1/s", ours: results.ours.throughput, other: { name: other, runs: results.theirs.throughput } },
    { ...common, what: "latency, p99", unit: "ms", ours: results.ours.p99, other: { name: other, runs: results.theirs.p99 } },
  ];
}

interface Results {
  throughput: number[];
  p99: number[];
}

function newResults(): Results {
  return { throughput: [], p99: [] };
}

async function load(server: ModelServer, results: Results): Promise<void> {
  await fire(server, warmUpSeconds);
  const { requests, latency } = await fire(server, secondsPerRun);
  results.throughput.push(requests.average);
  results.p99.push(latency.p99);
}

async function fire({ name, url }: ModelServer, duration: number): Promise<autocannon.Result> {
  const body = JSON.stringify({ dataframe_records: [launch] });
  const headers = { "content-type": "application/json" };
  const result = await autocannon({ url: `${url}/invocations`, method: "POST", headers, body, connections, duration });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx} refused requests, ${result.errors} broken ones`);
  return result;
}
