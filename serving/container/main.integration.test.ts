import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

function start(port: number): ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> } {
  const env = { PATH: process.env.PATH, SM_MODEL_DIR: folder, SAGEMAKER_BIND_TO_PORT: String(port), ...bootstrapEnvironment };
  return spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
}

test("SIGTERM lets what is in flight finish, takes nothing new, and ends with 0", async () => {
  const port = await getPort({ host: "127.0.0.1" });
  const container = start(port);
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
});

test("a changed package is refused, and the last line of the log says why", async () => {
  await writeFile(join(folder, "model.onnx"), "changed");
  const container = start(await getPort({ host: "127.0.0.1" }));
  const log = text(container.stdout);
  expect(await once(container, "exit")).toEqual([1, null]);
  const lastLine = JSON.parse((await log).trim().split("\n").at(-1) ?? "");
  expect(lastLine).toMatchObject({ code: "container.package-corrupt", msg: expect.stringContaining("manifest.json says") });
});
