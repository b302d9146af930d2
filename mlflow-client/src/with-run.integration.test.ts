import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { collect } from "./collect.ts";
import { MlflowClient } from "./index.ts";
import { client, trackingUri, unusedName } from "./live-server.ts";

let experiment: string;
let folder: string;

beforeAll(async () => {
  experiment = unusedName();
  folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("everything that a body logs stands in MLflow", async () => {
  const dataset = { name: "launches", digest: "0123", sourceType: "s3", source: "{}" };
  const options = { experiment, runName: "logistic", params: { C: 0.1, penalty: "l2" }, tags: { seed: "7" }, systemMetricsSeconds: 60 };
  const runId = await client.withRun(options, async (run) => {
    for (let step = 0; step < 2500; step++) run.metric("loss", 1 / (step + 1), { step });
    run.metrics({ accuracy: 0.8, auc: Number.NaN });
    run.tag("note", "é");
    await run.dataset(dataset, "training");
    await run.artifact("notes/first.txt", "C = 0.1");
    return run.runId;
  });
  const run = await client.runs.get(runId);
  expect(run.info).toMatchObject({ runName: "logistic", status: "FINISHED", endTime: expect.any(Number) });
  expect(run.data).toMatchObject({ params: { C: "0.1", penalty: "l2" }, tags: { seed: "7", note: "é" } });
  expect(run.data.metrics).toMatchObject({ loss: 1 / 2500, accuracy: 0.8, auc: Number.NaN });
  expect(run.data.metrics["system/system_memory_usage_percentage"]).toBeGreaterThan(0);
  expect(run.inputs.datasets).toMatchObject([{ dataset, tags: { "mlflow.data.context": "training" } }]);
  expect(await collect(client.runs.metricHistory(runId, "loss"))).toHaveLength(2500);
  expect(new TextDecoder().decode(await client.artifacts.download(run.info.artifactUri, "notes/first.txt"))).toBe("C = 0.1");
});

test("MLflow keeps one point of a batch that came twice, and two of one that was stamped anew", async () => {
  const pointsThrough = async (again: (body: string) => string) => {
    const proxy = await proxyTo(trackingUri, again);
    onTestFinished(() => proxy.close());
    const swallowed = new MlflowClient({ trackingUri: proxy.url, sleep: async () => {} });
    const runId = await swallowed.withRun({ experiment }, async (run) => {
      for (let step = 0; step < 100; step++) run.metric("loss", step, { step });
      return run.runId;
    });
    return (await collect(client.runs.metricHistory(runId, "loss"))).length;
  };
  expect(await pointsThrough((body) => body)).toBe(100);
  let moment = 0;
  expect(await pointsThrough((body) => body.replaceAll(/"timestamp":\d+/g, () => `"timestamp":${++moment}`))).toBe(200);
});

test("a server that goes away in mid-run has everything once it is back", async () => {
  const proxy = await proxyTo(trackingUri);
  onTestFinished(() => proxy.close());
  const warnings: string[] = [];
  const throughProxy = new MlflowClient({ trackingUri: proxy.url, attempts: 1, warn: (message) => warnings.push(message) });
  const runId = await throughProxy.withRun({ experiment }, async (run) => {
    for (let step = 0; step < 1500; step++) run.metric("loss", step, { step });
    await run.flush();
    await proxy.shut();
    for (let step = 1500; step < 3000; step++) run.metric("loss", step, { step });
    run.param("late", true);
    await expect.poll(() => warnings.length, { timeout: 20_000 }).toBe(1);
    await proxy.open();
    return run.runId;
  });
  const history = await collect(client.runs.metricHistory(runId, "loss"));
  expect(history.map(({ value }) => value).sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, step) => step));
  expect(await client.runs.get(runId)).toMatchObject({ info: { status: "FINISHED" }, data: { params: { late: "true" } } });
});

test("a process that is killed while it logs and uploads loses nothing of what it logged, and doubles nothing", async () => {
  const program = `
    import { MlflowClient } from "${join(import.meta.dirname, "index.ts")}";
    const client = new MlflowClient({ trackingUri: "${trackingUri}" });
    await client.withRun({ experiment: "${experiment}", journal: "${folder}" }, async (run) => {
      for (let step = 0; ; step++) {
        run.metric("loss", step, { step });
        if (step % 100 === 0) await run.artifact("file" + step, Buffer.alloc(100_000));
        if (step % 100 === 0) process.stdout.write(run.runId + " " + step + "\\n");
      }
    });`;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.split("\n").length > 30) child.kill("SIGKILL");
  }
  if (child.signalCode === null) await once(child, "exit");
  const [runId = "", last] = said.trimEnd().split("\n").at(-1)?.split(" ") ?? [];

  expect(await client.recover(folder)).toContain(runId);
  const values = (await collect(client.runs.metricHistory(runId, "loss"))).map(({ value }) => value).sort((a, b) => a - b);
  expect(values.length).toBeGreaterThan(Number(last));
  expect(values).toEqual(values.map((_, step) => step));
  expect((await client.runs.get(runId)).info.status).toBe("KILLED");
  const sizes = await collect(client.artifacts.list((await client.runs.get(runId)).info.artifactUri));
  expect(sizes.every(({ bytes }) => bytes === 100_000)).toBe(true);
});

/**
 * A proxy on a port of its own that can be shut, as a server that is down, and opened again.
 *
 * @param again where it is given, the proxy hangs up in place of the first answer to each batch, and sends on what this makes of the second try
 */
async function proxyTo(target: string, again?: (body: string) => string) {
  const swallowed = new Set<string>();
  const server: Server = createServer(async (request, response) => {
    const { method = "GET", url = "" } = request;
    const body = await text(request);
    const isSwallowed = again !== undefined && url.endsWith("log-batch") && !swallowed.has(body);
    const sentOn = again === undefined || isSwallowed ? body : again(body);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${target}${url}`, { method, headers, ...(sentOn !== "" && { body: sentOn }) });
    const content = Buffer.from(await answer.arrayBuffer());
    if (isSwallowed) {
      swallowed.add(body);
      request.socket.destroy();
    } else response.writeHead(answer.status, headers).end(content);
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError(`no port in ${address}`);
  return { url: `http://127.0.0.1:${address.port}`, shut: close, open: () => listen(address.port), close };
}
