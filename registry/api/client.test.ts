import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type TrialApp, trialApp } from "./app.fixture.ts";
import { controlPlane } from "./client.ts";
import { startPool, type TrialPool } from "./pool.fixture.ts";

const token = async () => "a.b.c";
const pause = async () => {};

describe("asked through its client", () => {
  let pool: TrialPool;
  let trial: TrialApp;
  let url: string;

  beforeAll(async () => {
    pool = await startPool();
    trial = await trialApp(pool);
    url = await trial.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(async () => {
    await trial.app.close();
    await pool[Symbol.asyncDispose]();
  });

  test("the control plane does what each method says, in the name of the token's owner", async () => {
    const plane = controlPlane({ url: `${url}/`, token: () => pool.token() });
    await plane.promote("falcon", 3);
    await plane.promote("falcon", 3, { again: "the data was mended" });
    await plane.approve("falcon-7", "better");
    await plane.reject("falcon-7", "worse");
    await plane.rollback("falcon", { reason: "recall fell" });
    await plane.rollback("falcon", { reason: "recall fell", to: 1 });
    await plane.reconcile();
    await plane.reconcile("falcon");
    expect(trial.effects.filter((effect) => !effect.startsWith("driver: wake"))).toEqual([
      "ada: promote falcon 3",
      "ada: promote falcon 3 again",
      "ada: approve falcon-7",
      "ada: reject falcon-7",
      "ada: rollback falcon",
      "ada: rollback falcon 1",
      "driver: reconcile all",
      "driver: reconcile falcon",
    ]);
    expect(await plane.promotion("falcon-7")).toMatchObject({ promotion: "falcon-7", askedBy: "bob" });
    expect(await plane.history("falcon", { after: 3, limit: 10 })).toMatchObject({ workload: "falcon", more: false });
    expect(await plane.status()).toEqual({ workloads: [] });
    expect(await plane.refusals({ limit: 1 })).toEqual({ refusals: [], more: false });
  });

  test("its refusals are thrown with their code, their words and their exit code", async () => {
    const plane = controlPlane({ url, token: () => pool.token({ "cognito:groups": ["scientist"] }) });
    await expect(plane.rollback("falcon", { reason: "x" })).rejects.toMatchObject({
      code: "control-plane.not-allowed",
      message: "ada is in the group scientist; this is for the group operator",
      exitCode: 3,
    });
    await expect(plane.promotion("falcon-99")).rejects.toMatchObject({ code: "registry.promotion-unknown" });
  });
});

describe("what answers in its place", () => {
  let stop = async () => {};
  afterEach(() => stop());

  async function served(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    stop = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    };
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test.each([
    [401, '{"message":"Unauthorized"}', "control-plane.token-refused"],
    [429, '{"message":"Too Many Requests"}', "control-plane.too-many-requests"],
    [503, '{"message":"Service Unavailable"}', "control-plane.unreachable"],
    [200, "<html>", "control-plane.answer"],
    [200, '{"workloads":"none"}', "control-plane.answer"],
    [404, "", "control-plane.answer"],
  ])("with %i %s", async (status, body, code) => {
    const url = await served((_, response) => response.writeHead(status).end(body));
    await expect(controlPlane({ url, token, pause }).status()).rejects.toMatchObject({ code });
  });

  test("of a newer version: a code that is not known here is told", async () => {
    const body = JSON.stringify({ error: { code: "control-plane.asleep", message: "it sleeps", hint: "Wake it" } });
    const url = await served((_, response) => response.writeHead(409).end(body));
    await expect(controlPlane({ url, token }).status()).rejects.toMatchObject({
      code: "control-plane.answer",
      message: "it sleeps [control-plane.asleep]",
      hint: "Wake it",
    });
  });

  test("by a redirection gets no token", async () => {
    const asked: (string | undefined)[] = [];
    const url = await served((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    await expect(controlPlane({ url, token, pause }).promote("falcon", 3)).rejects.toMatchObject({ code: "control-plane.unreachable" });
    expect(asked).toEqual(["/promotions"]);
  });

  test("after two lost answers: a question is asked three times, a request for a promotion once", async () => {
    let asked = 0;
    const url = await served((request, response) => {
      asked += 1;
      if (asked < 3) request.socket.destroy();
      else response.end('{"workloads":[]}');
    });
    expect(await controlPlane({ url, token, pause }).status()).toEqual({ workloads: [] });
    asked = 0;
    await expect(controlPlane({ url, token, pause }).promote("falcon", 3)).rejects.toMatchObject({ code: "control-plane.unreachable" });
    expect(asked).toBe(1);
  });
});

test("where nothing listens, it is said what to start", async () => {
  await expect(controlPlane({ url: "http://127.0.0.1:9", token, pause }).status()).rejects.toMatchObject({
    code: "control-plane.unreachable",
    exitCode: 4,
    hint: expect.stringContaining("falconry local up"),
  });
});
