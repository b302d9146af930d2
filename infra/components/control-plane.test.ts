import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { beforeAll, expect, test } from "vitest";
import { declaredByTheProgram, loadingTakesMilliseconds } from "../program.fixture.ts";
import { type DeclaredResource, ofType, statements } from "./declared.fixture.ts";

let all: DeclaredResource[];
beforeAll(async () => {
  all = await declaredByTheProgram();
}, loadingTakesMilliseconds);

test("every request needs a token of the environment's pool for its client; the question after health needs none", () => {
  const routes = ofType(all, "Route").map(({ inputs }) => [inputs.routeKey, [inputs.authorizationType, inputs.authorizerId]]);
  expect(Object.fromEntries(routes)).toEqual({
    $default: ["JWT", "control-plane"],
    "POST /workloads/{name}/rollback": ["JWT", "control-plane"],
    "GET /health": ["NONE", undefined],
  });
  const [authorizer] = ofType(all, "Authorizer");
  expect(authorizer?.inputs).toMatchObject({
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a", audiences: ["identity"] },
  });
});

test("requests are throttled, rollbacks apart from all others, and written down, without a token", () => {
  const [stage] = ofType(all, "Stage");
  const throttling = { throttlingRateLimit: 100, throttlingBurstLimit: 200 };
  expect(stage?.inputs).toMatchObject({
    name: "$default",
    defaultRouteSettings: throttling,
    routeSettings: [{ routeKey: "POST /workloads/{name}/rollback", ...throttling }],
  });
  expect(stage?.inputs.accessLogSettings).toMatchObject({ format: expect.not.stringMatching(/header|token/i) });
});

test("every minute, for up to a minute, it carries on what is in flight; a minute that failed is not repeated", () => {
  expect(ofType(all, "EventRule").map(({ inputs }) => inputs.scheduleExpression)).toEqual(["rate(1 minute)"]);
  const [handler] = ofType(all, "Function");
  expect(handler?.inputs).toMatchObject({ packageType: "Image", timeout: 60 });
  expect(ofType(all, "FunctionEventInvokeConfig")[0]?.inputs).toMatchObject({ maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 });
});

test("a drive never keeps a person waiting: no concurrency is reserved that they would share", () => {
  expect(ofType(all, "Function")[0]?.inputs).not.toHaveProperty("reservedConcurrentExecutions");
});

test("only this API and this schedule may call the function", () => {
  const callers = ofType(all, "Permission").map(({ inputs }) => [inputs.principal, inputs.sourceArn]);
  expect(Object.fromEntries(callers)).toEqual({
    "events.amazonaws.com": "arn:aws:cloudwatch:eu-central-1:123456789012:eventRule/control-plane",
    "apigateway.amazonaws.com": "arn:aws:execute-api:eu-central-1:123456789012:api/*/*",
  });
});

test("another descriptor makes new instances: each reads it once", () => {
  const [parameter] = ofType(all, "Parameter");
  const digest = sha256(canonicalJson(JSON.parse(String(parameter?.inputs.value))));
  expect(ofType(all, "Function")[0]?.inputs.environment).toEqual({
    variables: { FALCONRY_ENVIRONMENT: "dev", FALCONRY_DESCRIPTOR_DIGEST: digest },
  });
});

test("its logs are kept for a year, and it writes no others", () => {
  const logs = ofType(all, "LogGroup").map(({ inputs }) => [inputs.name, inputs.retentionInDays]);
  expect(Object.fromEntries(logs)).toEqual({ "/aws/vendedlogs/dev-control-plane": 365, "/aws/lambda/dev-control-plane": 365 });
  const [logging] = ofType(all, "RolePolicy").filter(({ name }) => name === "control-plane");
  expect(statements(logging).map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:cloudwatch:eu-central-1:123456789012:logGroup/control-plane:*"]],
  ]);
});
