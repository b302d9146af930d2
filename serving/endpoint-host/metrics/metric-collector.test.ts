import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { localCredentials } from "@falconry/environment/environment.ts";
import { embeddedMetrics, emptyCounts } from "@falconry/model/serving-metrics.ts";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MetricCollector } from "./metric-collector.ts";

let folder: string;
let server: Server;
let cloudwatch: CloudWatchClient;
let collector: MetricCollector;
/** What CloudWatch answers to the next calls; 200 after them. */
let answers: number[];
let received: string[];
let passHalfASecond: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-collector-"));
  answers = [];
  received = [];
  server = createServer(async (request, response) => {
    const body = await text(request);
    const status = answers.shift() ?? 200;
    if (status === 200) received.push(body);
    const answer = status === 200 ? {} : { __type: status === 400 ? "InvalidParameterValueException" : "InternalServiceFault" };
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on a port");
  cloudwatch = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: localCredentials,
    maxAttempts: 1,
    disableRequestCompression: true,
  });
  const clock = {
    now: () => new Date(),
    sleep: () =>
      new Promise<void>((resolve) => {
        passHalfASecond = resolve;
      }),
  };
  collector = new MetricCollector(cloudwatch, clock, pino({ enabled: false }));
});

afterEach(async () => {
  cloudwatch.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

function window(endpoint: string): string {
  return `${JSON.stringify(embeddedMetrics(emptyCounts(), { Endpoint: endpoint, ModelVersion: "3" }, 1_700_000_000_000))}\n`;
}

function receivedTimes(endpoint: string): number {
  return received.filter((body) => body.includes(endpoint)).length;
}

test("what a container writes at its very end is put as well", async () => {
  const log = join(folder, "container.log");
  await writeFile(log, `{"msg":"ready"}\n${window("first")}`);
  const end = collector.follow(log);
  await appendFile(log, window("last"));
  await end();
  await collector.close();
  passHalfASecond();
  expect([receivedTimes("first"), receivedTimes("last")]).toEqual([1, 1]);
});

test("what CloudWatch cannot take now is tried again, what it refuses is not", async () => {
  const log = join(folder, "container.log");
  await writeFile(log, window("delayed"));
  answers = [503];
  await collector.follow(log)();
  await collector.close();
  expect(receivedTimes("delayed")).toBe(1);
  await writeFile(log, window("refused"));
  answers = [400];
  await collector.follow(log)();
  await collector.close();
  expect(receivedTimes("refused")).toBe(0);
});
