import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brokenPage, type TrialApp, trialApp } from "./app.fixture.ts";
import { startPool, type TrialPool } from "./pool.fixture.ts";

let pool: TrialPool;
let trial: TrialApp;
let token: string;
let port: number;

beforeAll(async () => {
  pool = await startPool();
  token = await pool.token();
});
afterAll(() => pool[Symbol.asyncDispose]());
beforeEach(async () => {
  trial = await trialApp(pool);
  port = Number(new URL(await trial.app.listen({ host: "127.0.0.1", port: 0 })).port);
});
afterEach(() => trial.app.close());

interface Asked {
  method?: string;
  /** Goes over the wire as it stands here. */
  url: string;
  headers?: Record<string, string>;
  payload?: string;
}

/** As somebody who may do everything, where nothing else is said. */
async function ask({ method = "GET", url, headers, payload = "" }: Asked) {
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    method,
    path: url,
    headers: headers ?? { authorization: `Bearer ${token}` },
    agent: false,
  });
  request.end(payload);
  const [response] = await once(request, "response");
  const body = await text(response);
  const answered: IncomingHttpHeaders = response.headers;
  return { status: Number(response.statusCode), code: body === "" ? "" : JSON.parse(body).error?.code, body, headers: answered };
}

const asJson = () => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });

/** Nothing happened, and the trail says so. */
function expectRefused(answer: { status: number; code: string }, status: number, code: string) {
  expect({ status: answer.status, code: answer.code, effects: trial.effects }).toEqual({ status, code, effects: [] });
  expect(trial.refusals.map((refusal) => refusal.code)).toEqual([code]);
}

describe("a body", () => {
  const json = (payload: string) => ({ method: "POST", url: "/promotions", headers: asJson(), payload });
  const request = "control-plane.request";

  test.each([
    ["that is no JSON", '{"workload":'],
    ["that is empty", ""],
    ["that is no object", '["falcon",3]'],
    ["that is null", "null"],
    ["with a member too many", '{"workload":"falcon","version":3,"state":"approved"}'],
    ["with a member missing", '{"workload":"falcon"}'],
    ["that writes to the prototype", '{"workload":"falcon","version":3,"__proto__":{"groups":["operator"]}}'],
    ["that writes to the constructor's prototype", '{"workload":"falcon","version":3,"constructor":{"prototype":{"version":4}}}'],
    ["as deep as it is long", `${"[".repeat(8_000)}${"]".repeat(8_000)}`],
    ["with a version of text", '{"workload":"falcon","version":"3"}'],
    ["with a version that no number holds", '{"workload":"falcon","version":1e400}'],
    ["with half a version", '{"workload":"falcon","version":1.5}'],
    ["with version 0", '{"workload":"falcon","version":0}'],
    ["with a workload that is a path", '{"workload":"../falcon","version":3}'],
    ["with a workload of many characters", `{"workload":"${"a".repeat(300)}","version":3}`],
    ["with a workload that ends in a line break", '{"workload":"falcon\\n","version":3}'],
    ["with a reason that moves the cursor", '{"workload":"falcon","version":3,"again":"\\u001b[2K"}'],
    ["with a reason that turns the writing round", '{"workload":"falcon","version":3,"again":"\\u202e"}'],
  ])("%s", async (_, payload) => expectRefused(await ask(json(payload)), 400, request));

  test("larger than 16 KB", async () => {
    expectRefused(await ask(json(`{"again":"${"a".repeat(17_000)}"}`)), 413, "control-plane.too-large");
  });

  test("of another type", async () => {
    const headers = { ...asJson(), "content-type": "application/x-www-form-urlencoded" };
    expectRefused(await ask({ method: "POST", url: "/promotions", headers, payload: "workload=falcon" }), 400, request);
  });

  test("is never repeated in the answer", async () => {
    expect((await ask(json('{"workload":"<script>","version":3,"<script>":1}'))).body).not.toContain("<script>");
  });
});

describe("an address", () => {
  test.each([
    ["/promotions/..", 400],
    ["/promotions/%2e%2e", 400],
    ["/promotions/%2e%2e%2fstatus", 400],
    ["/promotions/..%2f..%2fhealth", 400],
    ["/workloads/../status", 400],
    ["/workloads/%2e%2e/status", 400],
    ["/workloads/falcon/../../status", 404],
    ["//status", 404],
    ["/status//", 404],
    ["/status/", 404],
    ["/STATUS", 404],
    ["/workloads//status", 400],
    ["/workloads/falcon%00/status", 400],
    ["/workloads/falcon%0a/status", 400],
    ["/workloads/__proto__/status", 400],
    ["/workloads/%/status", 400],
    ["/workloads/falcon/history?limit=1&limit=2", 400],
    ["/workloads/falcon/history?limit=1e3", 400],
    ["/workloads/falcon/history?limit=100000", 400],
    ["/workloads/falcon/history?after=-1", 400],
    ["/workloads/falcon/history?__proto__=1", 400],
    [`/workloads/${"a".repeat(101)}/status`, 400],
    ["/status?debug=true", 400],
    ["/admin", 404],
    ["http://elsewhere/status?x=1", 400],
    ["*", 404],
  ])("%s", async (url, status) => {
    expectRefused(await ask({ url }), status, status === 404 ? "control-plane.route" : "control-plane.request");
  });

  test("that could be granted to nobody is not repeated in the trail", async () => {
    await ask({ url: "/promotions/%2e%2e" });
    expect(trial.refusals).toEqual([
      { who: "ada", address: "127.0.0.1", method: "GET", route: "/promotions/:id", code: "control-plane.request" },
    ]);
  });

  test("that was only too early is", async () => {
    await ask({ url: "/promotions/falcon-8?" });
    expect(trial.refusals).toMatchObject([{ route: "/promotions/falcon-8", code: "registry.promotion-unknown" }]);
  });
});

test.each(["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"])("the method %s finds no route", async (method) => {
  expect([(await ask({ method, url: "/status" })).status, trial.effects]).toEqual([404, []]);
  expect(trial.refusals).toMatchObject([{ method, route: "unknown", code: "control-plane.route" }]);
});

describe("a workload that every object has a member of", () => {
  test.each([
    ["GET", "/workloads/constructor/status", ""],
    ["GET", "/workloads/constructor/history", ""],
    ["GET", "/promotions/constructor-1", ""],
    ["POST", "/workloads/constructor/reconcile", ""],
    ["POST", "/workloads/constructor/rollback", '{"reason":"at last"}'],
    ["POST", "/promotions", '{"workload":"constructor","version":1}'],
    ["POST", "/promotions/constructor-1/approval", '{"reason":"good"}'],
    ["POST", "/promotions/constructor-1/rejection", '{"reason":"bad"}'],
  ])("%s %s", async (method, url, payload) => {
    const sent = payload === "" ? { method, url } : { method, url, payload, headers: asJson() };
    expectRefused(await ask(sent), 404, "environment.no-endpoint");
  });
});

describe("an authorization", () => {
  test.each([
    ["that is none", undefined, "control-plane.no-token"],
    ["of another scheme", "Basic YWRhOmFkYQ==", "control-plane.token-refused"],
    ["without a token", "Bearer ", "control-plane.token-refused"],
    ["with two tokens", "Bearer a.b.c d.e.f", "control-plane.token-refused"],
    ["with a cookie's habits", "Bearer a.b.c; admin=true", "control-plane.token-refused"],
  ])("%s", async (_, authorization, code) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await ask({ method: "POST", url: "/workloads/falcon/rollback", headers, payload: "" });
    expectRefused(answer, 401, code);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(trial.refusals).toMatchObject([{ who: "nobody known", route: "/workloads/:name/rollback" }]);
  });

  test("is asked for before it is said whether there is such a route", async () => {
    expect((await ask({ url: "/admin", headers: {} })).status).toBe(401);
  });
});

describe("too many requests", () => {
  test("of one address are refused before a token is looked at", async () => {
    const flooded = await trialApp(pool, { perAddress: 2 });
    const answers = [];
    for (let at = 0; at < 4; at++) answers.push(await flooded.app.inject("/status"));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 429, 429]);
    expect(Number(answers[3]?.headers["retry-after"])).toBeGreaterThan(0);
    await flooded.app.close();
  });

  test("of one login are refused, and hold nobody else up", async () => {
    const flooded = await trialApp(pool, { perPerson: 1 });
    const asked = async (username: string) => {
      const headers = { authorization: `Bearer ${await pool.token({ username })}` };
      return (await flooded.app.inject({ url: "/status", headers })).statusCode;
    };
    expect([await asked("ada"), await asked("ada"), await asked("bob")]).toEqual([200, 429, 200]);
    await flooded.app.close();
  });
});

describe("what is no HTTP", () => {
  test.each([
    ["nonsense", "\u0016\u0003\u0001 hello\r\n\r\n"],
    ["a flood of headers", `GET /status HTTP/1.1\r\n${`x-a: ${"a".repeat(100)}\r\n`.repeat(300)}\r\n`],
    ["two lengths", "POST /promotions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\n{}"],
    ["two framings", "POST /promotions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ])("%s", async (_, bytes) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.end(bytes);
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('"control-plane.request"');
    expect(trial.effects).toEqual([]);
    expect(trial.refusals).toMatchObject([{ who: "nobody known", address: "127.0.0.1", route: "unknown", code: "control-plane.request" }]);
  });
});

test("no token, no body and no reason stands in the log or the trail", async () => {
  await ask({
    method: "POST",
    url: "/promotions",
    headers: asJson(),
    payload: '{"workload":"falcon","version":3,"again":"a secret reason"}',
  });
  await ask({ method: "POST", url: "/promotions", headers: asJson(), payload: '{"workload":"a secret reason"}' });
  await ask({ url: `/status?token=${token}` });
  const written = trial.log.join("") + JSON.stringify(trial.refusals);
  expect(written).toContain('"who":"ada"');
  expect(written).not.toContain("secret");
  expect(written).not.toContain(token.slice(0, 40));
});

test("a bug says no more than where its trace stands", async () => {
  const { status, body, headers } = await ask({ url: `/workloads/falcon/history?after=${brokenPage}` });
  expect(status).toBe(500);
  expect(body).not.toContain("a bug's words");
  expect(body).toContain(String(headers["x-request-id"]));
  expect(trial.log.join("")).toContain("a bug's words");
});

test("every answer forbids a browser to keep, guess or frame it", async () => {
  for (const url of ["/health", "/status", "/admin", "/workloads/%/status"]) {
    expect((await ask({ url })).headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  }
});

test("health needs no login and tells nothing", async () => {
  const { status, body } = await ask({ url: "/health", headers: {} });
  expect([status, body]).toEqual([200, '{"status":"ready"}']);
});
