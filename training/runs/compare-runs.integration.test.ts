import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, expect, test } from "vitest";
import { ingest } from "../datasets/ingest.ts";
import { storedWorkload } from "../testing/stored-workload.ts";
import { train } from "../train.ts";
import { compareRuns } from "./compare-runs.ts";

const environment = await openEnvironment("local");
afterAll(() => environment[Symbol.dispose]());

test("two trainings: what is the same, what differs, and by how much on the test part", async () => {
  const workload = await storedWorkload();
  const { dataset } = await ingest(environment, workload);
  const one = await train(environment, workload, { candidates: ["majority"], trainedBy: "ada" });
  const other = await train(environment, workload, { candidates: ["logistic-regression"], trainedBy: "grace" });
  const compared = await compareRuns(environment, one.run, `${workload.name}/2`);
  expect(compared).toMatchObject({
    one: { run: one.run, versions: [`${workload.name}/1`], dataset: dataset.digest, trainedBy: "ada" },
    other: { run: other.run, versions: [`${workload.name}/2`], dataset: dataset.digest, trainedBy: "grace" },
  });
  expect(compared.parameters).toContainEqual({ name: "candidates", one: "majority", other: "logistic-regression" });
  expect(compared.parameters.map(({ name }) => name)).not.toContain("metric");
  expect(compared.metrics.find(({ name }) => name === "accuracy")).toMatchObject({ one: one.test.accuracy, other: other.test.accuracy });
});

test("another query over the same data shows", async () => {
  const workload = await storedWorkload();
  await ingest(environment, workload);
  const one = await train(environment, workload, { candidates: ["majority"] });
  await writeFile(join(workload.folder, workload.features.sql), "SELECT id, price, cancelled FROM records");
  const other = await train(environment, workload, { candidates: ["majority"] });
  const compared = await compareRuns(environment, one.run, other.run);
  expect(compared.one).toMatchObject({ dataset: compared.other.dataset, features: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(compared.one.features).not.toBe(compared.other.features);
});

test("one training beside itself differs in nothing", async () => {
  const workload = await storedWorkload();
  await ingest(environment, workload);
  const { run } = await train(environment, workload, { candidates: ["majority"] });
  const { parameters, slices, metrics } = await compareRuns(environment, run, run);
  expect([parameters, slices]).toEqual([[], []]);
  for (const { one, other } of metrics) expect(one).toEqual(other);
});

test.each(["falcon", "0".repeat(32), "nobody/7", "falcon/latest"])("%s is no run: it says where to take one from", async (name) => {
  await expect(compareRuns(environment, name, name)).rejects.toMatchObject({ code: "runs.unknown" });
});
