import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootstrapEnvironment, bootstrapPackage } from "./bootstrap/bootstrap-package.ts";
import { predict } from "./predict.ts";
import { readCsv } from "./table/read-csv.ts";
import { tableOfRecords } from "./table/read-json.ts";
import { image } from "./testing/endpoint-driver.ts";
import { PackagesInS3 } from "./testing/packages-in-s3.ts";
import { TemporaryHost } from "./testing/temporary-host.ts";

let packages: PackagesInS3;
let host: TemporaryHost;
let environment: Environment;

beforeAll(async () => {
  packages = await PackagesInS3.open("predict");
  host = await TemporaryHost.start(packages.awsEndpointUrl);
  const shared = await openEnvironment("local");
  shared[Symbol.dispose]();
  environment = connect({ ...shared.descriptor, services: { ...shared.descriptor.services, sagemakerEndpointUrl: host.url } });
  await host.driver.configure("fair", await packages.putFairModel("fair"), { version: 4 });
  await host.driver.create("fair", "fair");
});

afterAll(async () => {
  environment[Symbol.dispose]();
  await host.close();
  await packages.close();
});

test("every prediction names the model version, the run and the dataset", async () => {
  const probabilities = { 0: 0.25, 1: 0.75 };
  const fair = { prediction: 1, probability: 0.75, probabilities, model: { name: "fair", version: 4 }, run: "r", dataset: "d" };
  expect(await predict(environment, "fair", tableOfRecords([{ mass: 1 }, { mass: null }]))).toEqual({ predictions: [fair, fair] });
  expect(await predict(environment, "fair", readCsv("mass\n1\n"))).toEqual({ predictions: [fair] });
});

test("more rows than one request holds are all answered", async () => {
  const rows = tableOfRecords(Array.from({ length: 12_000 }, (_, mass) => ({ mass })));
  expect((await predict(environment, "fair", rows)).predictions).toHaveLength(12_000);
});

describe("a mistake is told in the container's words", () => {
  test("with row, column and value", async () => {
    await expect(predict(environment, "fair", readCsv("mass\nheavy\n"))).rejects.toMatchObject({
      code: "request.value",
      message: 'row 1, column "mass": "heavy" is no 32-bit number',
      exitCode: 3,
    });
    await expect(predict(environment, "fair", tableOfRecords([{ weight: 1 }]))).rejects.toMatchObject({ code: "request.missing-column" });
  });

  test("and with the request's place in a large input", async () => {
    const masses = Array.from({ length: 5_001 }, (_, row) => ({ mass: row === 5_000 ? "heavy" : row }));
    await expect(predict(environment, "fair", tableOfRecords(masses))).rejects.toThrow(
      "rows 5001 to 5001 of the input, counted from their first: row 1",
    );
  });
});

test("the bootstrap model is no champion", async () => {
  const { digest, files } = bootstrapPackage();
  for (const [name, content] of Object.entries(files)) await packages.put(`${digest}/${name}`, content);
  const S3DataSource = { S3Uri: `s3://${packages.bucket}/${digest}/`, S3DataType: "S3Prefix", CompressionType: "None" } as const;
  await host.driver.configureContainer("bootstrap", { Image: image, ModelDataSource: { S3DataSource }, Environment: bootstrapEnvironment });
  await host.driver.create("fresh", "bootstrap");
  await expect(predict(environment, "fresh", tableOfRecords([{ mass: 1 }]))).rejects.toMatchObject({
    code: "predict.no-champion",
    exitCode: 3,
  });
});

test("an endpoint that is not there, and a host that is not there", async () => {
  const row = tableOfRecords([{ mass: 1 }]);
  await expect(predict(environment, "nowhere", row)).rejects.toMatchObject({ code: "predict.no-endpoint" });
  const elsewhere = connect({ ...environment.descriptor, services: { sagemakerEndpointUrl: "http://127.0.0.1:9" } });
  await expect(predict(elsewhere, "fair", row)).rejects.toMatchObject({ code: "environment.unreachable", exitCode: 4 });
});
