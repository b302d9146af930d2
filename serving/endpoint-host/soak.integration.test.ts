import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EndpointDriver } from "../testing/endpoint-driver.ts";
import { type HostProcess, spawnHost } from "../testing/host-process.ts";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";

// In full: FALCONRY_SOAK_REQUESTS=200000 FALCONRY_SOAK_UPDATES=10
const updates = Number(process.env.FALCONRY_SOAK_UPDATES ?? 4);
const requests = Number(process.env.FALCONRY_SOAK_REQUESTS ?? 8_000);
const minutes = 60_000;
const connections = 32;
/** What a garbage collector's mood is worth. */
const flat = 1.25;

let directory: string;
let packages: PackagesInS3;
let host: HostProcess;
let driver: EndpointDriver;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "falconry-soak-"));
  packages = await PackagesInS3.open("soak");
  host = await spawnHost(directory, packages.awsEndpointUrl);
  driver = new EndpointDriver(host.url);
  const model = await packages.putFairModel("fair");
  for (const [index, config] of ["even", "odd"].entries()) await driver.configure(config, model, { version: index + 1, instances: 2 });
  await driver.create("soak", "even");
});

afterAll(async () => {
  driver.close();
  host.process.kill("SIGTERM");
  await once(host.process, "exit");
  await packages.close();
  await rm(directory, { recursive: true });
});

test(`${requests} requests over ${updates} updates: none fails, and the host's memory stays flat`, { timeout: 20 * minutes }, async ({
  annotate,
}) => {
  const megabytes: number[] = [];
  for (let update = 1; update <= updates; update += 1) {
    const traffic = fire(requests / updates);
    const config = update % 2 === 0 ? "even" : "odd";
    const CanarySize = { Type: "INSTANCE_COUNT", Value: 1 } as const;
    const TrafficRoutingConfiguration = { Type: "CANARY", WaitIntervalInSeconds: 1, CanarySize } as const;
    await driver.startUpdate("soak", config, { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } });
    expect(await driver.settled("soak")).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: config });
    const { "2xx": answered, non2xx, errors, timeouts, resets } = await traffic;
    expect({ answered, non2xx, errors, timeouts, resets }).toEqual({
      answered: requests / updates,
      non2xx: 0,
      errors: 0,
      timeouts: 0,
      resets: 0,
    });
    megabytes.push(await residentMegabytes());
  }
  await annotate(`resident memory of the host after each update, MB: ${megabytes.map(Math.round).join(", ")}`);
  const half = Math.ceil(updates / 2);
  expect(Math.max(...megabytes.slice(half))).toBeLessThan(flat * Math.max(...megabytes.slice(0, half)));
});

function fire(amount: number): Promise<autocannon.Result> {
  const headers = { "content-type": "application/json" };
  const url = `${host.url}/endpoints/soak/invocations`;
  return autocannon({ url, method: "POST", headers, body: '{"instances":[{"mass":1}]}', connections, amount, timeout: 60 });
}

async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${host.process.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1000;
}
