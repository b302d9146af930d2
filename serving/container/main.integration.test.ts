import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json, text } from "node:stream/consumers";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bootstrapEnvironment, bootstrapPackage } from "../bootstrap/bootstrap-package.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-container-"));
  for (const [name, content] of Object.entries(bootstrapPackage().files)) await writeFile(join(folder, name), content);
});

afterAll(() => rm(folder, { recursive: true }));

/** Metrics of a log's lines in the embedded metric format. */
function windows(log: string): Record<string, unknown>[] {
  return log
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => "_aws" in line);
}

function start(port: number, more: Record<string, string> = {}): ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> } {
  const settings = { SM_MODEL_DIR: folder, SAGEMAKER_BIND_TO_PORT: String(port), FALCONRY_ENDPOINT: "live", ...bootstrapEnvironment };
  const env = { PATH: process.env.PATH, ...settings, ...more };
  return spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
}

test("SIGTERM lets what is in flight finish and counts it, takes nothing new, and ends with 0", async () => {
  const port = await getPort({ host: "127.0.0.1" });
  const container = start(port);
  const log = text(container.stdout);
  const ended = once(container, "exit");
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/ping`)).status).toBe(200), { timeout: 30_000 });

  // The server's "continue" says that the request is in flight; its body comes when the test wants.
  const headers = { "content-type": "text/csv", expect: "100-continue" };
  const invocation = request({ port, path: "/invocations", method: "POST", headers });
  invocation.flushHeaders();
  await once(invocation, "continue");
  container.kill("SIGTERM");
  await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}/ping`)).rejects.toThrow());
  invocation.end("bootstrap\n1\n");
  const [answer]: IncomingMessage[] = await once(invocation, "response");
  expect(answer && (await json(answer))).toMatchObject({ predictions: [{ prediction: 0, model: { name: "bootstrap", version: 0 } }] });
  expect(await ended).toEqual([0, null]);
  expect(windows(await log)).toMatchObject([
    { Starts: 1, Requests: 0 },
    { Endpoint: "live", ModelVersion: "0", Requests: 1, ServerErrors: 0, "Predicted:0": 1 },
  ]);
});

test("every window is written when it is over, also one without requests", async () => {
  const container = start(await getPort({ host: "127.0.0.1" }), { FALCONRY_METRIC_WINDOW_SECONDS: "1" });
  for await (const line of createInterface(container.stdout)) {
    const [metrics] = windows(line);
    if (metrics === undefined || "Starts" in metrics) continue;
    expect(metrics).toMatchObject({ Endpoint: "live", ModelVersion: "0", Requests: 0 });
    break;
  }
  const ended = once(container, "exit");
  container.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("a changed package is refused, and the last line of the log says why", async () => {
  await writeFile(join(folder, "model.onnx"), "changed");
  const container = start(await getPort({ host: "127.0.0.1" }));
  const log = text(container.stdout);
  expect(await once(container, "exit")).toEqual([1, null]);
  const lastLine = JSON.parse((await log).trim().split("\n").at(-1) ?? "");
  expect(lastLine).toMatchObject({ code: "container.package-corrupt", msg: expect.stringContaining("manifest.json says") });
});
