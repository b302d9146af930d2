import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { MlflowClient, type MlflowClientOptions } from "./index.ts";
import { client, collect, trackingUri, unusedName } from "./live-server.ts";

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
  const log = async (options: Partial<MlflowClientOptions>) => {
    const swallowing = new MlflowClient({ trackingUri, sleep: async () => {}, ...options });
    return swallowing.withRun({ experiment }, async (run) => {
      for (let step = 0; step < 100; step++) run.metric("loss", step, { step });
      return run.runId;
    });
  };
  const points = async (runId: string) => (await collect(client.runs.metricHistory(runId, "loss"))).length;
  expect(await points(await log({ fetch: swallowingAnswers((body) => body) }))).toBe(100);
  let moment = 0;
  const restamp = (body: string) => body.replaceAll(/"timestamp":\d+/g, () => `"timestamp":${++moment}`);
  expect(await points(await log({ fetch: swallowingAnswers(restamp) }))).toBe(200);
});

test("a server that goes away in mid-run has everything once it is back", async () => {
  const gate = await gateTo(trackingUri);
  onTestFinished(() => gate.close());
  const warnings: string[] = [];
  const throughGate = new MlflowClient({ trackingUri: gate.url, attempts: 1, warn: (message) => warnings.push(message) });
  const runId = await throughGate.withRun({ experiment }, async (run) => {
    for (let step = 0; step < 1500; step++) run.metric("loss", step, { step });
    await run.flush();
    await gate.shut();
    for (let step = 1500; step < 3000; step++) run.metric("loss", step, { step });
    run.param("late", true);
    await expect.poll(() => warnings.length, { timeout: 20_000 }).toBe(1);
    await gate.open();
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

/** The first answer to each batch is lost on its way; the second try is sent through `again`. */
function swallowingAnswers(again: (body: string) => string): typeof fetch {
  const seen = new Set<string>();
  return async (url, init) => {
    if (!String(url).endsWith("log-batch") || typeof init?.body !== "string") return fetch(url, init);
    if (seen.has(init.body)) return fetch(url, { ...init, body: again(init.body) });
    seen.add(init.body);
    await (await fetch(url, init)).arrayBuffer();
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  };
}

/** A proxy on a port of its own that can be shut, as a server that is down, and opened again. */
async function gateTo(target: string) {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? "GET",
      headers: { "content-type": "application/json" },
      ...body,
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(Buffer.from(await answer.arrayBuffer()));
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
