import { expect, test } from "vitest";
import { trackingAuthentication } from "./tracking-authentication.ts";

const arn = "arn:aws:sagemaker:eu-central-1:123456789012:mlflow-tracking-server/flight";
const credentials = async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" });

test("an MLflow of one's own is asked without authentication", () => {
  const tracking = { uri: "http://mlflow.internal", authentication: { type: "none" } } as const;
  expect(trackingAuthentication({ environment: "dev", tracking }, credentials)).toEqual({ type: "none" });
});

test("SageMaker's MLflow is asked with the environment's AWS credentials", () => {
  const tracking = { uri: arn, authentication: { type: "sigv4" } } as const;
  expect(trackingAuthentication({ environment: "dev", tracking }, credentials)).toEqual({
    type: "sigv4",
    trackingServerArn: arn,
    credentials,
  });
});

test("a signature for anybody else is refused", () => {
  const tracking = { uri: "https://mlflow.example.org", authentication: { type: "sigv4" } } as const;
  expect(() => trackingAuthentication({ environment: "dev", tracking }, credentials)).toThrow(
    expect.objectContaining({ code: "environment.tracking-authentication" }),
  );
});
