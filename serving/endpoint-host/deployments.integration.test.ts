import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { DeleteEndpointCommand, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { create } from "tar";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EndpointDriver, image } from "../testing/endpoint-driver.ts";
import { fairModel, PackagesInS3 } from "../testing/packages-in-s3.ts";
import { SteadyTraffic } from "../testing/steady-traffic.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";
import { isRunning } from "./process-record.ts";

let packages: PackagesInS3;
let host: TemporaryHost;

beforeAll(async () => {
  packages = await PackagesInS3.open("deployments");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
  const model = await packages.putFairModel("fair");
  await host.driver.configure("one", model, { version: 1, instances: 2 });
  await host.driver.configure("two", model, { version: 2, instances: 2 });
  await host.driver.configure("corrupt", await packages.putFairModel("corrupt", true), { version: 3 });
});

afterAll(async () => {
  await host.close();
  await packages.close();
});

test("an endpoint runs one process per instance and describes itself as SageMaker does", async () => {
  const description = await host.driver.create("falcon", "one");
  expect(description).toMatchObject({
    EndpointName: "falcon",
    EndpointArn: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/falcon",
    EndpointConfigName: "one",
    EndpointStatus: "InService",
    ProductionVariants: [
      {
        VariantName: "live",
        DeployedImages: [{ SpecifiedImage: image }],
        CurrentWeight: 1,
        CurrentInstanceCount: 2,
        DesiredInstanceCount: 2,
      },
    ],
  });
  expect(description.FailureReason).toBeUndefined();
  expect((await host.containers("falcon", 2)).every(isRunning)).toBe(true);
  expect(await host.driver.answeringVersion("falcon")).toBe(1);
});

test("an update moves the traffic without a failed request, and ends the old containers", async () => {
  const old = await host.containers("falcon", 2);
  const callers = new SteadyTraffic(host.driver, "falcon");
  const description = await host.driver.update("falcon", "two");
  expect(await host.driver.answeringVersion("falcon")).toBe(2);
  const versions = await callers.stop();
  expect(description).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "two" });
  expect(new Set(versions)).toContain(1);
  await vi.waitFor(() => expect(old.some(isRunning)).toBe(false), { timeout: 20_000 });
});

test("while it is updating the old configuration is live, and a second update or a deletion is refused", async () => {
  await host.driver.sagemaker.send(new UpdateEndpointCommand({ EndpointName: "falcon", EndpointConfigName: "one" }));
  expect(await host.driver.describe("falcon")).toMatchObject({ EndpointStatus: "Updating", EndpointConfigName: "two" });
  const refusal = { name: "ValidationException", message: expect.stringContaining("Cannot update in-progress endpoint") };
  await expect(host.driver.update("falcon", "two")).rejects.toMatchObject(refusal);
  await expect(host.driver.sagemaker.send(new DeleteEndpointCommand({ EndpointName: "falcon" }))).rejects.toMatchObject(refusal);
  expect(await host.driver.settled("falcon")).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
});

test("an update whose containers do not become healthy leaves the old configuration in service, with the container's last words", async () => {
  const before = await host.containers("falcon", 2);
  const description = await host.driver.update("falcon", "corrupt");
  expect(description).toMatchObject({ EndpointStatus: "InService", EndpointConfigName: "one" });
  expect(description.FailureReason).toContain("did not pass the ping health check");
  expect(description.FailureReason).toContain("container.package-corrupt");
  expect(await host.driver.answeringVersion("falcon")).toBe(1);
  expect(await host.containers("falcon", 2)).toEqual(before);
});

test("a container that dies is replaced while the other answers", async () => {
  const [victim, ...others] = await host.containers("falcon", 2);
  if (victim === undefined) throw new Error("the endpoint has containers");
  // A request that meets the death gets a 503, which SDKs send again by themselves.
  const caller = new EndpointDriver(host.url, 3);
  process.kill(victim.pid, "SIGKILL");
  for (let request = 0; request < 10; request += 1) expect(await caller.answeringVersion("falcon")).toBe(1);
  caller.close();
  await vi.waitFor(async () => expect(await host.containers("falcon", 2)).not.toContainEqual(victim), { timeout: 20_000 });
  expect(await host.containers("falcon", 2)).toEqual(expect.arrayContaining(others));
  await vi.waitFor(async () => expect((await host.driver.describe("falcon")).ProductionVariants?.[0]?.CurrentInstanceCount).toBe(2), {
    timeout: 20_000,
  });
});

test("a deleted endpoint is gone with its processes", async () => {
  const running = await host.containers("falcon", 2);
  await host.driver.sagemaker.send(new DeleteEndpointCommand({ EndpointName: "falcon" }));
  await vi.waitFor(() => expect(host.driver.describe("falcon")).rejects.toThrow('Could not find endpoint "'), { timeout: 20_000 });
  expect(running.some(isRunning)).toBe(false);
  await expect(host.driver.answeringVersion("falcon")).rejects.toMatchObject({ name: "ValidationError" });
});

test("an image that cannot be pulled and model data that is not there fail the endpoint with the reason", async () => {
  await host.driver.configureContainer("no-image", { Image: "someone/else:1" });
  await host.driver.configure("no-data", `s3://${packages.bucket}/nowhere/`);
  expect(await host.driver.create("a", "no-image")).toMatchObject({
    EndpointStatus: "Failed",
    EndpointConfigName: "no-image",
    FailureReason: expect.stringContaining("The image 'someone/else:1' does not exist"),
  });
  expect(await host.driver.create("b", "no-data")).toMatchObject({
    EndpointStatus: "Failed",
    FailureReason: expect.stringContaining("Failed to download model data"),
  });
});

test("model data may be a .tar.gz", async () => {
  const folder = await mkdtemp(join(tmpdir(), "falconry-archive-"));
  await writeFile(join(folder, "model.onnx"), fairModel());
  const archive = await buffer(create({ gzip: true, cwd: folder }, ["model.onnx"]));
  await rm(folder, { recursive: true });
  const ModelDataUrl = await packages.put("model.tar.gz", archive);
  await host.driver.configureContainer("archive", {
    Image: image,
    ModelDataUrl,
    Environment: { FALCONRY_MODEL_NAME: "fair", FALCONRY_MODEL_VERSION: "9" },
  });
  expect(await host.driver.create("archived", "archive")).toMatchObject({ EndpointStatus: "InService" });
  expect(await host.driver.answeringVersion("archived")).toBe(9);
});
