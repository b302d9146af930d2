import { beforeAll, expect, test } from "vitest";
import { type DeclaredResource, ofType, statements } from "./components/declared.fixture.ts";
import { declaredByTheProgram, loadingTakesMilliseconds } from "./program.fixture.ts";

let all: DeclaredResource[];
beforeAll(async () => {
  all = await declaredByTheProgram();
}, loadingTakesMilliseconds);

test.each([
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "sagemaker:UpdateEndpoint",
  "sagemaker:CreateEndpointConfig",
  "cloudwatch:SetAlarmState",
  "sns:Publish",
])("of all roles, the registry's alone is granted %s", (action) => {
  expect(rolesThatMay(action)).toEqual(["registry"]);
});

test.each(["dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "sagemaker:DeleteEndpoint", "cloudwatch:DeleteAlarms", "s3:DeleteObject"])(
  "no role is granted %s",
  (action) => {
    expect(rolesThatMay(action)).toEqual([]);
  },
);

test("no role has rights that are not written out here: neither AWS's own policies nor other people's", () => {
  const kinds = new Set(all.map(({ type }) => type).filter((type) => type.startsWith("aws:iam/")));
  expect([...kinds].sort()).toEqual(["aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"]);
  for (const { inputs } of ofType(all, "Role")) expect(Object.keys(inputs).sort()).toEqual(["assumeRolePolicy", "description"]);
});

test("only a function takes on the registry's role, and there is one", () => {
  expect(ofType(all, "Function").map(({ name, inputs }) => [name, inputs.role])).toEqual([
    ["control-plane", "arn:aws:iam:eu-central-1:123456789012:role/registry"],
  ]);
});

test("the descriptor names what everything else needs, the control plane's address among it", () => {
  const [parameter] = ofType(all, "Parameter");
  const descriptor = JSON.parse(String(parameter?.inputs.value));
  expect(descriptor).toMatchObject({
    environment: "dev",
    controlPlane: { url: "https://api.execute-api.eu-central-1.amazonaws.com" },
    topics: { promotions: "arn:aws:sns:eu-central-1:123456789012:topic/promotions" },
    identity: { issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a" },
    endpoints: { falcon: { alarms: { silent: "dev-falcon-silent", unhealthy: "dev-falcon-unhealthy" } } },
  });
  expect(parameter?.inputs.tier).toBe("Intelligent-Tiering");
});

function rolesThatMay(action: string): string[] {
  const service = action.split(":")[0];
  const granting = ofType(all, "RolePolicy").filter((policy) =>
    statements(policy).some(({ Action }) => [Action].flat().some((granted) => [action, "*", `${service}:*`].includes(granted))),
  );
  return [...new Set(granting.map(({ inputs }) => String(inputs.role)))];
}
