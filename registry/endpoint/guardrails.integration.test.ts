import { type EndpointSettings, endpointOf } from "@falconry/environment/descriptor.ts";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { intercepted } from "../crash.fixture.ts";
import { requireGuarded } from "./guardrails.ts";

let environment: Environment;
let falcon: EndpointSettings;

beforeAll(async () => {
  environment = await openEnvironment("local");
  falcon = endpointOf(environment.descriptor, "falcon");
});
afterAll(() => environment[Symbol.dispose]());

/** The same environment, whose answers to one command have other members. */
function answering(command: string, members: object): Environment {
  return intercepted(environment, async (name, _, call) => {
    const answer = await call();
    return name === command && typeof answer === "object" ? { ...answer, ...members } : answer;
  });
}

const variant = { VariantName: "live", ModelName: "m", InstanceType: "ml.m5.large", InitialInstanceCount: 2 };
const variants = (...ProductionVariants: object[]) => ({ ProductionVariants });
const modelOf = (account: string) => ({ ModelPackageName: `arn:aws:sagemaker:us-east-1:${account}:model-package/bought` });
const oneInstance = /has 1 instance, fewer than two/;

test("the endpoint that infrastructure made can hold a canary", async () => {
  await expect(requireGuarded(environment, falcon, canarySettings({}))).resolves.toBeUndefined();
});

test.each<[string, string, object, RegExp]>([
  [
    "two variants",
    "DescribeEndpointConfigCommand",
    variants(variant, { ...variant, VariantName: "shadow" }),
    /2 production variants, not one/,
  ],
  ["a variant of another name", "DescribeEndpointConfigCommand", variants({ ...variant, VariantName: "blue" }), /is called blue, not live/],
  ["a shadow variant", "DescribeEndpointConfigCommand", { ShadowProductionVariants: [variant] }, /has a shadow variant/],
  ["one instance", "DescribeEndpointConfigCommand", variants({ ...variant, InitialInstanceCount: 1 }), oneInstance],
  ["Inf1", "DescribeEndpointConfigCommand", variants({ ...variant, InstanceType: "ml.inf1.xlarge" }), /runs on ml.inf1.xlarge/],
  ["no servers", "DescribeEndpointConfigCommand", variants({ VariantName: "live", ModelName: "m", ServerlessConfig: {} }), /is serverless/],
  ["Elastic Inference", "DescribeEndpointConfigCommand", variants({ ...variant, AcceleratorType: "ml.eia2.large" }), /Elastic Inference/],
  ["components", "DescribeEndpointConfigCommand", variants({ ...variant, ModelName: undefined }), /hosts inference components/],
  ["a bought model", "DescribeModelCommand", { PrimaryContainer: modelOf("865070037744") }, /comes from the Marketplace/],
  ["no alarms", "DescribeAlarmsCommand", { MetricAlarms: [] }, /CloudWatch has no alarm .*silent; CloudWatch has no alarm .*unhealthy/],
])("an endpoint with %s is refused", async (_, command, members, message) => {
  // The changed variants serve the model that the endpoint has.
  const changed = intercepted(answering(command, members), (name, _input, call) =>
    name === "DescribeModelCommand" && command !== name ? Promise.resolve({}) : call(),
  );
  await expect(requireGuarded(changed, falcon, canarySettings({}))).rejects.toMatchObject({
    code: "registry.endpoint-unguarded",
    message: expect.stringMatching(message),
  });
});

test("a canary of more than half of the instances is refused", async () => {
  await expect(requireGuarded(environment, falcon, canarySettings({ instances: 2 }))).rejects.toMatchObject({
    code: "registry.endpoint-unguarded",
    message: `endpoint ${falcon.name} cannot hold a canary: a canary of 2 instances is more than half of 2`,
  });
});

test("a model package of the account's own is no hindrance", async () => {
  const own = answering("DescribeModelCommand", { PrimaryContainer: modelOf("000000000000") });
  await expect(requireGuarded(own, falcon, canarySettings({}))).resolves.toBeUndefined();
});
