import { once } from "node:events";
import { UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EndpointDriver } from "../testing/endpoint-driver.ts";
import { spawnHost } from "../testing/host-process.ts";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";
import { isRunning } from "./process-record.ts";

let packages: PackagesInS3;
let host: TemporaryHost;

beforeAll(async () => {
  packages = await PackagesInS3.open("restart");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
  const model = await packages.putFairModel("fair");
  await host.driver.configure("one", model, { version: 1 });
  await host.driver.configure("two", model, { version: 2 });
  await host.driver.configure("pair", model, { version: 3, instances: 2 });
  await host.driver.configure("challenger", model, { version: 4, instances: 2 });
  await host.driver.create("falcon", "one");
});

afterAll(async () => {
  await host.close();
  await packages.close();
});

test("a stopped host leaves no process, and the next one brings its endpoints back", async () => {
  const before = await host.containers("falcon", 1);
  await host.restart();
  expect(before.some(isRunning)).toBe(false);
  expect(await host.driver.describe("falcon")).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
  expect(await host.driver.answeringVersion("falcon")).toBe(1);
});

test("what a killed host left running is stopped, and its update is finished", async () => {
  const killed = await startProcess();
  const driver = new EndpointDriver(killed.url);
  expect(await driver.answeringVersion("falcon")).toBe(1);
  const leftBehind = await host.containers("falcon", 1);
  await driver.sagemaker.send(new UpdateEndpointCommand({ EndpointName: "falcon", EndpointConfigName: "two" }));
  killed.process.kill("SIGKILL");
  await once(killed.process, "exit");
  driver.close();
  expect(leftBehind.every(isRunning)).toBe(true);

  await host.restart();
  expect(leftBehind.some(isRunning)).toBe(false);
  const updated = await host.driver.settled("falcon");
  expect(updated.FailureReason).toBeUndefined();
  expect(updated).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "two" });
  expect(await host.driver.answeringVersion("falcon")).toBe(2);
});

test("a host killed while a canary bakes goes back to the champion: nobody watched the challenger meanwhile", async () => {
  await host.driver.update("falcon", "pair");
  await host.containers("falcon", 2);
  const killed = await startProcess();
  const driver = new EndpointDriver(killed.url);
  const CanarySize = { Type: "INSTANCE_COUNT", Value: 1 } as const;
  const TrafficRoutingConfiguration = { Type: "CANARY", WaitIntervalInSeconds: 600, CanarySize } as const;
  await driver.startUpdate("falcon", "challenger", { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } });
  await driver.baking("falcon", 0.5);
  const leftBehind = await host.containers("falcon", 4);
  killed.process.kill("SIGKILL");
  await once(killed.process, "exit");
  driver.close();

  await host.restart();
  expect(leftBehind.some(isRunning)).toBe(false);
  const settled = await host.driver.settled("falcon");
  expect(settled).toMatchObject({
    EndpointStatus: "InService",
    EndpointConfigName: "pair",
    // that it baked was told a moment before it was on disk
    FailureReason: expect.stringMatching(/the endpoint host ended while it was (Baking|ActivatingTraffic)/),
  });
  expect(settled.PendingDeploymentSummary).toBeUndefined();
  for (let request = 0; request < 4; request += 1) expect(await host.driver.answeringVersion("falcon")).toBe(3);
  await host.containers("falcon", 2);
});

test("a second host in the same folder is refused", async () => {
  const { process: first } = await startProcess();
  await expect(startProcess()).rejects.toThrow(/a host runs in .* already/);
  first.kill("SIGTERM");
  expect(await once(first, "exit")).toEqual([0, null]);
});

/** Starts a host in the folder of the one under test, which is stopped first. */
async function startProcess() {
  await host.pause();
  return spawnHost(host.directory, packages.awsEndpointUrl);
}
