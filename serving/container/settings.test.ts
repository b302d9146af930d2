import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without variables it is SageMaker's container on loopback, and says that it knows no lineage", () => {
  expect(readSettings({})).toEqual({
    host: "127.0.0.1",
    port: 8080,
    modelFolder: "/opt/ml/model",
    lineage: { model: null, run: null, dataset: null },
    metrics: { source: undefined, windowSeconds: 10 },
  });
});

test("lineage comes from the SageMaker model's environment; empty is what the bootstrap model says", () => {
  const variables = { FALCONRY_MODEL_NAME: "bootstrap", FALCONRY_MODEL_VERSION: "0", FALCONRY_RUN: "", FALCONRY_DATASET: "" };
  expect(readSettings(variables).lineage).toEqual({ model: { name: "bootstrap", version: 0 }, run: "", dataset: "" });
});

test("metrics are those of an endpoint and a model version, where both are known", () => {
  const model = { FALCONRY_MODEL_NAME: "falcon", FALCONRY_MODEL_VERSION: "3" };
  expect(readSettings({ ...model, FALCONRY_ENDPOINT: "live-falcon", FALCONRY_METRIC_WINDOW_SECONDS: "1" }).metrics).toEqual({
    source: { Endpoint: "live-falcon", ModelVersion: "3" },
    windowSeconds: 1,
  });
  expect(readSettings(model).metrics.source).toBeUndefined();
});

test.each([{ FALCONRY_MODEL_VERSION: "three" }, { SAGEMAKER_BIND_TO_PORT: "" }])("%j is refused by its name", (variables) => {
  expect(() => readSettings(variables)).toThrow(
    `environment variable ${Object.keys(variables)[0]} is "${Object.values(variables)[0]}": no whole number`,
  );
});
