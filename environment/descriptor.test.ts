import { expect, test } from "vitest";
import { type Descriptor, descriptorParameter, descriptorSchema, endpointOf } from "./descriptor.ts";

const descriptor: Descriptor = {
  environment: "dev",
  region: "eu-central-1",
  tracking: { uri: "https://mlflow.example.org", authentication: { type: "sigv4" } },
  lake: {
    raw: "dev-raw",
    clean: "dev-clean",
    features: "dev-features",
    artifacts: "dev-artifacts",
    models: "dev-models",
    audit: "dev-audit",
  },
  tables: { ledger: "dev-ledger" },
  keys: { lake: "arn:aws:kms:eu-central-1:1:key/a", ledger: "arn:aws:kms:eu-central-1:1:key/b" },
  roles: { inference: "arn:aws:iam::1:role/a", training: "arn:aws:iam::1:role/b", registry: "arn:aws:iam::1:role/c" },
  images: { inference: "1.dkr.ecr.eu-central-1.amazonaws.com/falconry-inference:1" },
  topics: { promotions: "arn:aws:sns:eu-central-1:1:promotions" },
  identity: {
    userPool: "eu-central-1_a",
    client: "a-client",
    issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a",
    keysUrl: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a/.well-known/jwks.json",
  },
  controlPlane: { url: "https://api.example.org" },
  endpoints: {
    falcon: {
      name: "dev-falcon",
      variant: "live",
      instanceType: "ml.m5.large",
      instanceCount: 2,
      bootstrapConfig: "dev-falcon-bootstrap",
      alarms: { silent: "dev-falcon-silent", unhealthy: "dev-falcon-unhealthy" },
      promotion: { metric: "accuracy" },
    },
  },
  services: {},
};

test("a descriptor survives its way through SSM", () => {
  expect(descriptorSchema.parse(JSON.parse(JSON.stringify(descriptor)))).toEqual(descriptor);
});

test("an endpoint of one instance is no endpoint: a canary needs a share of instances", () => {
  const { falcon } = descriptor.endpoints;
  const alone = descriptorSchema.safeParse({ ...descriptor, endpoints: { falcon: { ...falcon, instanceCount: 1 } } });
  expect(alone.error?.issues.map((issue) => issue.path.join("."))).toEqual(["endpoints.falcon.instanceCount"]);
});

test("each environment keeps its descriptor in a parameter of its own", () => {
  expect(descriptorParameter("dev")).toBe("/falconry/dev/descriptor");
});

test("a workload without an endpoint is refused with the command that makes one", () => {
  expect(endpointOf(descriptor, "falcon").name).toBe("dev-falcon");
  expect(() => endpointOf(descriptor, "mdetect")).toThrow(
    expect.objectContaining({ code: "environment.no-endpoint", hint: "Run: pulumi up --stack dev" }),
  );
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
  "a workload of the name %s has no endpoint, as every object has a member of it",
  (name) => {
    expect(() => endpointOf(descriptor, name)).toThrow(expect.objectContaining({ code: "environment.no-endpoint" }));
  },
);

test.each([
  ["https://api.example.org", true],
  ["http://127.0.0.1:8090", true],
  ["http://localhost:8090", true],
  ["http://[::1]:8090", true],
  ["http://api.example.org", false],
  ["http://127.0.0.1.example.org", false],
  ["ftp://127.0.0.1", false],
])("whether tokens may go to %s, and keys come from there: %s", (url, isSafe) => {
  const told = { ...descriptor, controlPlane: { url }, identity: { ...descriptor.identity, keysUrl: url } };
  const faults = descriptorSchema.safeParse(told).error?.issues.map(({ path }) => path.join("."));
  expect(faults).toEqual(isSafe ? undefined : ["identity.keysUrl", "controlPlane.url"]);
});
