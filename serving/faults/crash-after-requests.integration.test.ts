import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { image } from "../testing/endpoint-driver.ts";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";

let packages: PackagesInS3;
let host: TemporaryHost;

beforeAll(async () => {
  packages = await PackagesInS3.open("crash");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
});

afterAll(async () => {
  await host.close();
  await packages.close();
});

test("the product's own container dies at the request that a variable of its model names, and another takes its place", async () => {
  const program = new URL("crash-after-requests.ts?requests=3", import.meta.url);
  const S3Uri = await packages.putFairModel("fair");
  await host.driver.configureContainer("mortal", {
    Image: image,
    ModelDataSource: { S3DataSource: { S3Uri, S3DataType: "S3Prefix", CompressionType: "None" } },
    Environment: { FALCONRY_MODEL_NAME: "fair", FALCONRY_MODEL_VERSION: "1", NODE_OPTIONS: `--import=${program.href}` },
  });
  await host.driver.create("mortal", "mortal");
  const [first] = await host.containers("mortal", 1);

  for (let request = 1; request < 3; request += 1) expect(await host.driver.answeringVersion("mortal")).toBe(1);
  await expect(host.driver.answeringVersion("mortal")).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await vi.waitFor(async () => expect(await host.driver.answeringVersion("mortal")).toBe(1), { timeout: 20_000 });
  expect(await host.containers("mortal", 1)).not.toContainEqual(first);
});
