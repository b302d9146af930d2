import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without variables it is SageMaker's container on loopback, and says that it knows no lineage", () => {
  expect(readSettings({})).toEqual({
    host: "127.0.0.1",
    port: 8080,
    modelFolder: "/opt/ml/model",
    lineage: { model: null, run: null, dataset: null },
  });
});

test("lineage comes from the SageMaker model's environment; empty is what the bootstrap model says", () => {
  const variables = { FALCONRY_MODEL_NAME: "bootstrap", FALCONRY_MODEL_VERSION: "0", FALCONRY_RUN: "", FALCONRY_DATASET: "" };
  expect(readSettings(variables).lineage).toEqual({ model: { name: "bootstrap", version: 0 }, run: "", dataset: "" });
});

test.each([{ FALCONRY_MODEL_VERSION: "three" }, { SAGEMAKER_BIND_TO_PORT: "" }])("%j is refused by its name", (variables) => {
  expect(() => readSettings(variables)).toThrow(
    `environment variable ${Object.keys(variables)[0]} is "${Object.values(variables)[0]}": no whole number`,
  );
});
