import { beforeAll, expect, test } from "vitest";
import { type DeclaredResource, declared, ofType, type Statement, statements } from "./declared.fixture.ts";
import { Keys } from "./keys.ts";
import { Lake } from "./lake.ts";
import { Ledger } from "./ledger.ts";
import { Notifications } from "./notifications.ts";
import { Roles } from "./roles.ts";

const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/falconry/inference:0.1.0";
const sagemaker = (rest: string) => `arn:aws:sagemaker:eu-central-1:123456789012:${rest}`;

let all: DeclaredResource[];
beforeAll(async () => {
  all = await declared(() => {
    const keys = new Keys("keys", { environment: "dev" });
    const lake = new Lake("lake", { key: keys.lake, auditKey: keys.ledger });
    const ledger = new Ledger("ledger", { key: keys.ledger });
    const notifications = new Notifications("notifications", { key: keys.ledger });
    const endpoints = ["dev-falcon", "dev-imagery"];
    const controlPlaneFunction = "dev-control-plane";
    new Roles("roles", { environment: "dev", keys, lake, ledger, notifications, endpoints, inferenceImage: image, controlPlaneFunction });
  });
});

test("every resource is granted only where AWS knows no narrower one: a registry's login token, and metrics", () => {
  const wide = ["inference", "training", "registry"].flatMap(grants).filter(({ Resource }) => [Resource].flat().includes("*"));
  expect(wide.map(({ Action }) => Action)).toEqual([
    ["cloudwatch:PutMetricData"],
    ["ecr:GetAuthorizationToken"],
    ["cloudwatch:PutMetricData"],
    ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"],
  ]);
});

test("the registry writes metrics of a rollout and no others", () => {
  const [writing] = grants("registry").filter(({ Action }) => [Action].flat().includes("cloudwatch:PutMetricData"));
  expect(writing?.Condition).toMatchObject({ StringEquals: { "cloudwatch:namespace": "Falconry/Rollout" } });
});

test("a container writes SageMaker's own metrics, and none of a rollout: it can fake no heartbeat", () => {
  const [writing] = grants("inference").filter(({ Action }) => [Action].flat().includes("cloudwatch:PutMetricData"));
  expect(writing?.Condition).toEqual({ StringLike: { "cloudwatch:namespace": "*aws/sagemaker/*" } });
});

test.each(["inference", "registry"])(
  "the role %s sees the alarms: without that no canary starts, or SageMaker never rolls one back",
  (role) => {
    expect(resourcesOf(role, "cloudwatch:DescribeAlarms")).toEqual(["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*"]);
  },
);

test.each([
  "dynamodb:PutItem",
  "sagemaker:CreateModel",
  "sagemaker:CreateEndpointConfig",
  "sagemaker:UpdateEndpoint",
  "cloudwatch:SetAlarmState",
  "cloudwatch:PutMetricData",
  "sns:Publish",
])("with the registry's role the control plane's function is granted %s, and no other function", (action) => {
  const granting = grants("registry").filter(({ Action }) => [Action].flat().includes(action));
  const ArnEquals = { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:dev-control-plane" };
  expect(granting).toMatchObject([{ Condition: { ArnEquals } }]);
});

test("the registry sets the state of its endpoints' own alarms", () => {
  const alarm = (name: string) => `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`;
  expect(resourcesOf("registry", "cloudwatch:SetAlarmState")).toEqual(
    ["dev-falcon-silent", "dev-falcon-unhealthy", "dev-imagery-silent", "dev-imagery-unhealthy"].map(alarm),
  );
});

test("the registry tells the environment's topic", () => {
  expect(resourcesOf("registry", "sns:Publish")).toEqual(["arn:aws:sns:eu-central-1:123456789012:topic/promotions"]);
});

test("whoever reads the descriptor reads this environment's", () => {
  const descriptor = ["arn:aws:ssm:eu-central-1:123456789012:parameter/falconry/dev/descriptor"];
  expect(resourcesOf("registry", "ssm:GetParameter")).toEqual(descriptor);
  expect(resourcesOf("training", "ssm:GetParameter")).toEqual(descriptor);
});

test("no role is granted a wildcard of actions, or anything that deletes", () => {
  const actions = ["inference", "training", "registry"].flatMap(grants).flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  expect(actions.filter((action) => action.includes("Delete"))).toEqual([]);
});

test("a container reads models and decrypts them, and reaches no other data", () => {
  expect(resourcesOf("inference", "s3:GetObject")).toEqual(["arn:aws:s3:::models/*"]);
  expect(resourcesOf("inference", "kms:Decrypt")).toEqual(["arn:aws:kms:eu-central-1:123456789012:key/lake"]);
  const touched = grants("inference").flatMap(({ Action }) => [Action].flat().map((action) => action.split(":")[0]));
  expect(new Set(touched)).toEqual(new Set(["s3", "kms", "logs", "cloudwatch", "ecr"]));
  expect(resourcesOf("inference", "s3:PutObject")).toEqual([]);
});

test("a container pulls its own image only", () => {
  expect(resourcesOf("inference", "ecr:BatchGetImage")).toEqual(["arn:aws:ecr:eu-central-1:123456789012:repository/falconry/inference"]);
});

test("training writes features and artifacts, never raw records, models or the audit trail", () => {
  expect(resourcesOf("training", "s3:PutObject")).toEqual(["arn:aws:s3:::features/*", "arn:aws:s3:::artifacts/*"]);
});

test("the registry appends to the ledger and cannot take anything out of it", () => {
  expect(actionsOn("registry", "arn:aws:dynamodb:eu-central-1:123456789012:table/ledger")).toEqual([
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ]);
});

test("the registry changes the environment's own endpoints and no others", () => {
  expect(resourcesOf("registry", "sagemaker:UpdateEndpoint")).toEqual([
    sagemaker("endpoint/dev-falcon"),
    sagemaker("endpoint/dev-imagery"),
    sagemaker("endpoint-config/dev-falcon-*"),
    sagemaker("endpoint-config/dev-imagery-*"),
  ]);
  expect(resourcesOf("registry", "sagemaker:InvokeEndpoint")).toEqual([
    sagemaker("endpoint/dev-falcon"),
    sagemaker("endpoint/dev-imagery"),
  ]);
});

test("the registry looks at the model that an endpoint began with, and can put no other in its place", () => {
  expect(resourcesOf("registry", "sagemaker:DescribeModel")).toContain(sagemaker("model/dev-bootstrap"));
  expect(resourcesOf("registry", "sagemaker:CreateModel")).toEqual([sagemaker("model/dev-falcon-*"), sagemaker("model/dev-imagery-*")]);
});

test("the registry hands the inference role, and only it, to SageMaker, and only to it", () => {
  const passing = grants("registry").filter(({ Action }) => [Action].flat().includes("iam:PassRole"));
  expect(passing).toEqual([
    {
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam:eu-central-1:123456789012:role/inference"],
      Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    },
  ]);
});

const ofThisAccount = { StringEquals: { "aws:SourceAccount": "123456789012" } };

test.each([
  ["inference", "sagemaker.amazonaws.com", { Condition: ofThisAccount }],
  ["training", "sagemaker.amazonaws.com", { Condition: ofThisAccount }],
  ["registry", "lambda.amazonaws.com", {}],
])("the role %s is taken on by %s and nobody else, SageMaker at work for this account", (name, Service, condition) => {
  const [role] = ofType(all, "Role").filter((role) => role.name === name);
  expect(statements(role, "assumeRolePolicy")).toEqual([
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service }, ...condition },
  ]);
});

function grants(role: string): Statement[] {
  const [policy] = ofType(all, "RolePolicy").filter(({ name }) => name === role);
  return statements(policy);
}

function resourcesOf(role: string, action: string): string[] {
  return grants(role).flatMap(({ Action, Resource }) => ([Action].flat().includes(action) ? [Resource].flat() : []));
}

function actionsOn(role: string, resource: string): string[] {
  return grants(role).flatMap(({ Action, Resource }) => ([Resource].flat().includes(resource) ? [Action].flat() : []));
}
