import { openEnvironment } from "@falconry/environment/environment.ts";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { handler } from "./lambda.ts";
import { logIn } from "./log-in.fixture.ts";

const secondsLeft = (seconds: number) => ({ getRemainingTimeInMillis: () => seconds * 1000 });

let token: string;

beforeAll(async () => {
  using environment = await openEnvironment("local");
  token = (await logIn(environment.descriptor, "operator")).accessToken;
});

/** As API Gateway sends it, payload 2.0. */
function request(
  method: string,
  path: string,
  { authorization, body, query = "" }: { authorization?: string; body?: string; query?: string },
) {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: {
      accept: "*/*",
      ...(authorization && { authorization }),
      ...(body && { "content-type": "application/json", "content-length": String(body.length) }),
    },
    ...(query && { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.execute-api.us-east-1.amazonaws.com",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.7", userAgent: "test" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "21/Nov/2026:12:00:00 +0000",
      timeEpoch: 1795262400000,
    },
    ...(body && { body }),
    isBase64Encoded: false,
  };
}

/** As EventBridge sends it for a schedule. */
const minute = {
  version: "0",
  id: "53dc4d37",
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account: "123456789012",
  time: "2026-11-21T12:00:00Z",
  region: "us-east-1",
  resources: ["arn:aws:events:us-east-1:123456789012:rule/falconry-dev-reconcile"],
  detail: {},
};

test("without the environment's name it says which variable is missing", async () => {
  vi.stubEnv("FALCONRY_ENVIRONMENT", "");
  await expect(handler(minute, secondsLeft(60))).rejects.toMatchObject({ code: "control-plane.settings" });
});

describe("with it", () => {
  beforeAll(() => void vi.stubEnv("FALCONRY_ENVIRONMENT", "local"));

  async function ask(...parts: Parameters<typeof request>) {
    const answer = await handler(request(...parts), secondsLeft(30));
    if (!("statusCode" in answer)) throw new Error("a request is answered as one");
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
  }

  test("a request of the gateway is answered", async () => {
    const { status, body } = await ask("GET", "/workloads/falcon/status", { authorization: `Bearer ${token}` });
    expect([status, body]).toEqual([200, { workloads: [expect.objectContaining({ name: "falcon" })] }]);
  });

  test("and asked for a page, too", async () => {
    const { status, body } = await ask("GET", "/workloads/falcon/history", { authorization: `Bearer ${token}`, query: "limit=1" });
    expect([status, body]).toEqual([200, expect.objectContaining({ workload: "falcon" })]);
  });

  test("what the gateway let through is checked all the same, and refused with the caller's address", async () => {
    expect((await ask("POST", "/workloads/falcon/rollback", { body: '{"reason":"x"}' })).status).toBe(401);
    const { body } = await ask("GET", "/refusals", { authorization: `Bearer ${token}`, query: "limit=1000" });
    expect(body.refusals).toContainEqual(expect.objectContaining({ address: "192.0.2.7", code: "control-plane.no-token" }));
  });

  test("a schedule's event drives what is in flight", async () => {
    expect(await handler(minute, secondsLeft(7))).toEqual({ underWay: expect.any(Number) });
  });
});
