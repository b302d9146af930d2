import { expect, onTestFinished, test } from "vitest";
import { MlflowClient } from "./index.ts";
import { answers, scriptedServer, swallowsTheAnswer } from "./scripted-server.ts";

test("an experiment whose creation was not answered is found by its name", async () => {
  const experiment = { experiment_id: "1", name: "launches", artifact_location: "mlflow-artifacts:/1", lifecycle_stage: "active" };
  const absent = answers(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Could not find experiment" });
  const server = await scriptedServer([absent, swallowsTheAnswer, answers(200, { experiment })]);
  onTestFinished(() => server[Symbol.asyncDispose]());

  const found = await new MlflowClient({ trackingUri: server.url }).experiments.getOrCreate("launches");

  expect(found.experimentId).toBe("1");
  expect(server.seen.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
});
