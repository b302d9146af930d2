import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clientTimeouts, openEnvironment } from "./environment.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-environment-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a folder where no region was ever started is no environment", async () => {
  await expect(openEnvironment("local", folder)).rejects.toMatchObject({
    code: "environment.unknown",
    message: `no region was ever started in ${folder}`,
    hint: "Run: falconry local up",
  });
});

test.each([
  ["is no JSON", '{"ports":'],
  ["names no port", '{"ports":{"aws":1,"mlflow":2}}'],
])("a region.json that %s is named, with what to do", async (_, damaged) => {
  await writeFile(join(folder, "region.json"), damaged);
  await expect(openEnvironment("local", folder)).rejects.toMatchObject({
    code: "environment.region-invalid",
    message: expect.stringContaining(join(folder, "region.json")),
    hint: expect.stringContaining("falconry local up"),
  });
});

test("a region that is down cannot be reached", async () => {
  await writeRegion(await closedPort());
  await expect(openEnvironment("local", folder)).rejects.toMatchObject({ code: "environment.unreachable", exitCode: 4 });
});

test("a service that takes a request and never answers cannot be reached either, and is not waited for without end", async () => {
  const silent = createServer();
  await writeRegion(await portOf(silent));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const opened = openEnvironment("local", folder);
    opened.catch(() => {});
    await once(silent, "request");
    await vi.advanceTimersByTimeAsync(clientTimeouts.requestTimeout);
    await expect(opened).rejects.toMatchObject({ code: "environment.unreachable", message: expect.stringContaining("requestTimeout") });
  } finally {
    vi.useRealTimers();
    silent.closeAllConnections();
    silent.close();
  }
});

test("a descriptor of another shape is refused with the member that is wrong", async () => {
  const ssm = createServer((_, response) => {
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Parameter: { Value: JSON.stringify({ environment: "local", region: 7 }) } }));
  });
  try {
    await writeRegion(await portOf(ssm));
    await expect(openEnvironment("local", folder)).rejects.toMatchObject({
      code: "environment.descriptor-invalid",
      message: expect.stringContaining("/falconry/local/descriptor: region: "),
    });
  } finally {
    ssm.close();
  }
});

function writeRegion(aws: number): Promise<void> {
  return writeFile(join(folder, "region.json"), JSON.stringify({ ports: { aws, mlflow: 1, sagemaker: 2, controlPlane: 3 } }));
}

/** A port that nobody listens on: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return address.port;
}
