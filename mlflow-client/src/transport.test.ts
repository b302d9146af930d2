import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { MlflowClient, type MlflowClientOptions, MlflowError } from "./index.ts";
import {
  answers,
  breaksOffTheAnswer,
  type Deed,
  neverAnswers,
  type ScriptedServer,
  scriptedServer,
  swallowsTheAnswer,
} from "./scripted-server.ts";

const experiment = {
  experiment: { experiment_id: "1", name: "launches", artifact_location: "mlflow-artifacts:/1", lifecycle_stage: "active" },
};
const run = { run: { info: { run_id: "r", experiment_id: "1", status: "RUNNING", artifact_uri: "mlflow-artifacts:/1/r/artifacts" } } };
const batch = { metrics: [{ key: "loss", value: 0.5, timestamp: 1_700_000_000_000, step: 1 }] };

test("a read is tried again while the server is unavailable", async () => {
  const { client, server } = await clientOf([answers(503, "starting"), answers(429, ""), answers(200, experiment)]);
  expect(await client.experiments.get("1")).toMatchObject({ experimentId: "1", name: "launches" });
  expect(server.seen).toHaveLength(3);
});

test("the wait before each further try doubles up to 5 s, and chance shortens it", async () => {
  const waits: number[] = [];
  const { client } = await clientOf([answers(503, "")], {
    attempts: 7,
    random: () => 0.5,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  });
  await expect(client.experiments.get("1")).rejects.toMatchObject({ status: 503 });
  expect(waits).toEqual([100, 200, 400, 800, 1600, 2500]);
});

test("a server may be given any time there is", async () => {
  const { client } = await clientOf([answers(200, experiment)], { timeoutSeconds: Number.POSITIVE_INFINITY });
  expect(await client.experiments.get("1")).toMatchObject({ name: "launches" });
});

test("what MLflow refuses is not tried again", async () => {
  const { client, server } = await clientOf([answers(400, { error_code: "INVALID_PARAMETER_VALUE", message: "Invalid experiment ID" })]);
  await expect(client.experiments.get("?")).rejects.toThrow("Invalid experiment ID");
  expect(server.seen).toHaveLength(1);
});

test("a batch whose answer is lost is sent again, byte for byte the same", async () => {
  const { client, server } = await clientOf([swallowsTheAnswer, breaksOffTheAnswer, answers(200, {})]);
  await client.runs.logBatch("r", batch);
  const [first, second, third] = server.seen;
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  expect(server.seen).toHaveLength(3);
});

test.for<[string, (client: MlflowClient) => Promise<unknown>]>([
  ["run", (client) => client.runs.create({ experimentId: "1" })],
  ["model version", (client) => client.modelVersions.create({ name: "falcon", source: "models:/m-1" })],
  ["logged model", (client) => client.loggedModels.create({ experimentId: "1", name: "falcon" })],
])("a %s is not created again where the answer is lost or a proxy fails", async ([, create]) => {
  for (const deed of [swallowsTheAnswer, answers(503, "")]) {
    const { client, server } = await clientOf([deed]);
    await expect(create(client)).rejects.toBeInstanceOf(MlflowError);
    expect(server.seen).toHaveLength(1);
  }
});

test("a run is created once the server takes connections", async () => {
  const { server: gone } = await clientOf([answers(200, {})]);
  await gone[Symbol.asyncDispose]();

  const started: ScriptedServer[] = [];
  const startServer = async () => void started.push(await scriptedServer([answers(200, run)], gone.port));
  await new MlflowClient({ trackingUri: gone.url, sleep: startServer }).runs.create({ experimentId: "1" });

  expect(started.map((server) => server.seen.length)).toEqual([1]);
  await Promise.all(started.map((server) => server[Symbol.asyncDispose]()));
});

test("nobody at the tracking URI is UNREACHABLE, with the URI", async () => {
  const { server, client } = await clientOf([answers(200, {})]);
  await server[Symbol.asyncDispose]();
  await expect(client.runs.get("r")).rejects.toMatchObject({
    name: "MlflowError",
    code: "UNREACHABLE",
    status: undefined,
    message: expect.stringMatching(`MLflow at ${server.url} cannot be reached: .*ECONNREFUSED`),
  });
});

test("no answer in time is TIMEOUT, and is not waited for again", async () => {
  const { client, server } = await clientOf([neverAnswers], { timeoutSeconds: 0.05 });
  await expect(client.runs.get("r")).rejects.toMatchObject({
    code: "TIMEOUT",
    status: undefined,
    message: `MLflow at ${server.url} gave no complete answer within 0.05 s`,
  });
  expect(server.seen).toHaveLength(1);
});

test("an error tells MLflow's code and message, and what was asked", async () => {
  const { client } = await clientOf([answers(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Run with id=nope not found" })]);
  await expect(client.runs.get("nope")).rejects.toMatchObject({
    status: 404,
    code: "RESOURCE_DOES_NOT_EXIST",
    message: "Run with id=nope not found",
    method: "GET",
    path: "/api/2.0/mlflow/runs/get",
  });
});

test("a proxy's page becomes an error without its markup", async () => {
  const { client } = await clientOf([answers(403, "<html>\n<h1>Forbidden</h1>\n</html>")]);
  await expect(client.runs.get("r")).rejects.toMatchObject({ status: 403, code: "HTTP_403", message: "status 403: Forbidden" });
});

test("a redirect, to a login page say, is not followed but told", async () => {
  const { client } = await clientOf([answers(302, "", { location: "https://login.example.org/" })]);
  await expect(client.runs.get("r")).rejects.toMatchObject({
    code: "HTTP_302",
    message: "status 302: redirected to https://login.example.org/",
  });
});

test.for<[string, unknown, string]>([
  ["is no JSON", "<html>", "answer is no object"],
  ["lacks a field", { run: { info: {} } }, "answer.run.info.run_id is missing"],
  ["holds another type", { run: { info: { run_id: 1 } } }, "answer.run.info.run_id is no string"],
  ["holds an unknown status", { run: { info: { ...run.run.info, status: "LOST" } } }, 'answer.run.info.status is "LOST"'],
])("an answer that %s is MALFORMED_ANSWER", async ([, content, message]) => {
  const { client } = await clientOf([answers(200, content)]);
  await expect(client.runs.get("r")).rejects.toMatchObject({ code: "MALFORMED_ANSWER", message: expect.stringContaining(message) });
});

test("a tracking URI may have a path", async () => {
  const { server } = await clientOf([answers(200, experiment)]);
  await new MlflowClient({ trackingUri: `${server.url}/team/mlflow/` }).experiments.get("1");
  expect(server.seen[0]?.url).toBe("/team/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1");
});

test.for(["", "localhost:5000", "file:///tmp/mlruns", "databricks"])("the tracking URI %j is refused at once", (trackingUri) => {
  expect(() => new MlflowClient({ trackingUri })).toThrow(`URI "${trackingUri}" of MLflow is no http or https URL`);
});

test("a tracking URI with a password is refused without telling it", () => {
  const make = () => new MlflowClient({ trackingUri: "https://ada:secret@mlflow.example.org" });
  expect(make).toThrow("URI of MLflow: a name or a password goes into `authentication`");
});

test("an error of the caller's own fetch is thrown as it is", async () => {
  const expired = new Error("the token has expired");
  const client = new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: () => Promise.reject(expired) });
  await expect(client.runs.get("r")).rejects.toBe(expired);
});

test("after a long computation, a run is not created on a connection that the server has closed", async () => {
  const { port, close } = await impatientServer();
  onTestFinished(close);
  const client = new MlflowClient({ trackingUri: `http://127.0.0.1:${port}`, attempts: 1 });
  await client.runs.create({ experimentId: "1" });
  await client.runs.create({ experimentId: "1" });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await client.runs.create({ experimentId: "1" });
});

async function clientOf(
  deeds: Deed[],
  options: Partial<MlflowClientOptions> = {},
): Promise<{ client: MlflowClient; server: ScriptedServer }> {
  const server = await scriptedServer(deeds);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, client: new MlflowClient({ trackingUri: server.url, sleep: async () => {}, ...options }) };
}

/** Closes a connection that is idle for 50 ms, without having announced it. On a thread of its own: this one will be busy. */
async function impatientServer(): Promise<{ port: number; close: () => Promise<void> }> {
  const worker = new Worker(
    `const { createServer } = require("node:net");
     const { parentPort, workerData } = require("node:worker_threads");
     const server = createServer((socket) => {
       socket.setTimeout(50, () => socket.end());
       socket.on("error", () => {});
       socket.on("data", () => socket.write("HTTP/1.1 200 OK\\r\\ncontent-length: " + workerData.length + "\\r\\n\\r\\n" + workerData));
     });
     server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: JSON.stringify(run) },
  );
  const port = await new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject));
  return { port, close: async () => void (await worker.terminate()) };
}
