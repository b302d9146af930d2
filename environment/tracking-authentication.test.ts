import { describe, expect, test } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { trackingAuthentication } from "./tracking-authentication.ts";

const arn = "arn:aws:sagemaker:eu-central-1:123456789012:mlflow-tracking-server/flight";
const aws = async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" });
const variables = { MLFLOW_TRACKING_USERNAME: "ada", MLFLOW_TRACKING_PASSWORD: "pass", MLFLOW_TRACKING_TOKEN: "token" };

test.for([
  ["none", "http://mlflow.internal", { type: "none" }],
  ["basic", "https://mlflow.example.org", { type: "basic", username: "ada", password: "pass" }],
  ["bearer", "https://mlflow.example.org", { type: "bearer", token: "token" }],
  ["sigv4", arn, { type: "sigv4", trackingServerArn: arn, credentials: aws }],
] as const)("an MLflow that asks for %s is told who asks", ([type, uri, expected]) => {
  expect(trackingAuthentication(asking(type, uri), { variables, aws })).toEqual(expected);
});

describe("what cannot be told is said with what is missing", () => {
  test.for([
    ["basic", "https://mlflow.example.org", { MLFLOW_TRACKING_USERNAME: "ada" }, "MLFLOW_TRACKING_PASSWORD is not set"],
    ["bearer", "https://mlflow.example.org", { MLFLOW_TRACKING_TOKEN: "" }, "MLFLOW_TRACKING_TOKEN is not set"],
    ["sigv4", "https://mlflow.example.org", {}, "which only SageMaker's own wants"],
    ["sigv4", "arn:aws:s3:::bucket", {}, "which only SageMaker's own wants"],
  ] as const)("%s for %s", ([type, uri, variables, problem]) => {
    expect(() => trackingAuthentication(asking(type, uri), { variables, aws })).toThrow(
      expect.objectContaining({ code: "environment.tracking-authentication", message: expect.stringContaining(problem) }),
    );
  });
});

function asking(type: Descriptor["tracking"]["authentication"]["type"], uri: string) {
  return { environment: "production", tracking: { uri, authentication: { type } } };
}
