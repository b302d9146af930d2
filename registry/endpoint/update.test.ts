import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { canarySettings } from "@falconry/model/canary.ts";
import { beforeEach, expect, test } from "vitest";
import { describeEndpoint } from "./describe.ts";
import { updateEndpoint } from "./update.ts";

const endpoint = {
  name: "dev-falcon",
  variant: "live" as const,
  instanceType: "ml.m5.large",
  instanceCount: 4,
  bootstrapConfig: "dev-falcon-bootstrap",
  alarms: { silent: "dev-falcon-silent", unhealthy: "dev-falcon-unhealthy" },
  promotion: {},
};
let sagemaker: SageMakerClient;
let asked: unknown;
let answer: object;

beforeEach(() => {
  answer = {};
  sagemaker = new SageMakerClient({ region: "eu-central-1" });
  sagemaker.middlewareStack.add(
    () => async (call) => {
      asked = call.input;
      return { output: { $metadata: {}, ...answer }, response: {} };
    },
    { step: "initialize" },
  );
});

test("a canary waits out the whole bake, keeps the old fleet for twice the silence, and is rolled back by either alarm", async () => {
  await updateEndpoint(
    { sagemaker },
    endpoint,
    "falcon-v3",
    canarySettings({ instances: 2, maxBakeSeconds: 900, silenceToAlarmSeconds: 120 }),
  );
  expect(asked).toEqual({
    EndpointName: "dev-falcon",
    EndpointConfigName: "falcon-v3",
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: "CANARY",
          CanarySize: { Type: "INSTANCE_COUNT", Value: 2 },
          WaitIntervalInSeconds: 900,
        },
        TerminationWaitInSeconds: 240,
        MaximumExecutionTimeoutInSeconds: 900 + 240 + 3600,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: "dev-falcon-silent" }, { AlarmName: "dev-falcon-unhealthy" }] },
    },
  });
});

test("an alarm that an emulator evaluates to the second keeps it for the silence alone", async () => {
  await updateEndpoint({ sagemaker }, endpoint, "falcon-v3", canarySettings({ maxBakeSeconds: 900, silenceToAlarmSeconds: 4 }));
  expect(asked).toMatchObject({ DeploymentConfig: { BlueGreenUpdatePolicy: { TerminationWaitInSeconds: 4 } } });
});

test("without a canary all of the traffic goes over at once, and nothing waits", async () => {
  await updateEndpoint({ sagemaker }, endpoint, "falcon-v2");
  expect(asked).toMatchObject({
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: 0,
      },
    },
  });
  expect(asked).not.toHaveProperty("DeploymentConfig.AutoRollbackConfiguration");
});

test("what an update brings up is told with its stage", async () => {
  const VariantStatus = [{ Status: "Baking", StartTime: new Date("2026-11-21T09:12:04Z") }];
  answer = {
    EndpointStatus: "Updating",
    EndpointConfigName: "falcon-v2",
    PendingDeploymentSummary: { EndpointConfigName: "falcon-v3", ProductionVariants: [{ VariantName: "live", VariantStatus }] },
  };
  expect(await describeEndpoint(sagemaker, "dev-falcon")).toEqual({
    status: "Updating",
    config: "falcon-v2",
    pending: { config: "falcon-v3", stage: "Baking", since: "2026-11-21T09:12:04.000Z" },
  });
});

test("an update whose stage is not known yet shows nothing pending", async () => {
  answer = { EndpointStatus: "Updating", EndpointConfigName: "falcon-v2", PendingDeploymentSummary: { EndpointConfigName: "falcon-v3" } };
  expect(await describeEndpoint(sagemaker, "dev-falcon")).toEqual({ status: "Updating", config: "falcon-v2" });
});
