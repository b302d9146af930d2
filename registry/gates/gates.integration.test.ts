import { endpointOf } from "@falconry/environment/descriptor.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { driveToRest } from "../drive.fixture.ts";
import { type Registry, registryOf } from "../registry.ts";
import { openTrial, type Trial, type VersionSettings } from "../trial.fixture.ts";

let trial: Trial;
let name: string;
let registry: Registry;

beforeAll(async () => {
  trial = await openTrial({ fourEyes: false });
  name = trial.workload.name;
  registry = heldTo(trial.workload.gates);
});
afterAll(() => trial[Symbol.asyncDispose]());

/** A registry of an environment that was applied with these gates. */
function heldTo(gates: Trial["workload"]["gates"]): Registry {
  const { environment } = trial;
  const { descriptor } = environment;
  const endpoint = endpointOf(descriptor, name);
  const endpoints = { [name]: { ...endpoint, promotion: { ...endpoint.promotion, gates } } };
  return registryOf({ ...environment, descriptor: { ...descriptor, endpoints } }, { actor: "ada", now: () => new Date() });
}

/** Registers a version, asks for its promotion, and gives what each gate measured. What passes is taken back, so that the next may ask. */
async function judge(settings: VersionSettings, gates = trial.workload.gates): Promise<{ state: string; failed: Record<string, string> }> {
  const registry = heldTo(gates);
  const { promotion } = await registry.promote(name, await trial.register(settings));
  await driveToRest(registry, name);
  const { state, gates: verdicts } = await registry.promotion(promotion);
  if (state === "awaiting-approval") await registry.reject(promotion, "only a trial");
  const failed = verdicts.filter(({ passed }) => !passed).map(({ name, measured }) => [name, measured]);
  return { state, failed: Object.fromEntries(failed) };
}

describe("before the first champion", () => {
  test("a good version passes every gate", async () => {
    expect(await judge({})).toEqual({ state: "awaiting-approval", failed: {} });
  });

  test("the metric comes from the graph on the test rows, not from what the run logged", async () => {
    expect(await judge({ weight: -4 })).toMatchObject({
      state: "refused",
      failed: { "metric-floor": expect.stringMatching(/^accuracy 0\.1\d+ on 30 rows$/) },
    });
  });

  test("without the tag of its feature set, nothing that rests on it can be measured, and each gate says so", async () => {
    const { failed } = await judge({ tags: {} });
    expect(Object.keys(failed)).toEqual(["lineage-complete", "compatible-signature", "onnx-parity", "metric-floor"]);
    for (const measured of Object.values(failed)) expect(measured).toMatch(/^cannot be measured: run .* has no tag falconry\.features/);
  });

  test("a feature set that is not there", async () => {
    const { failed } = await judge({ tags: { "falconry.features": "0".repeat(64) } });
    expect(failed["lineage-complete"]).toMatch(/sets\/0+\.json does not exist/);
  });

  test("a dataset tag that says another thing than the feature set", async () => {
    const { failed } = await judge({ spoiltTags: { "falconry.dataset": "f".repeat(64) } });
    expect(failed).toEqual({ "lineage-complete": expect.stringContaining("tag falconry.dataset of the run says ffff") });
  });

  test("a graph that answers otherwise than the fitted model did", async () => {
    expect((await judge({ recordedError: 1e-4 })).failed).toEqual({ "onnx-parity": "largest difference 1.0e-4 on 30 rows" });
  });

  test("a run without its model's own answers: the gate says how Python logs them", async () => {
    expect((await judge({ record: false })).failed).toEqual({ "onnx-parity": expect.stringContaining("mlflow.log_dict") });
  });

  test("bytes that are no graph", async () => {
    const { failed } = await judge({ graph: Buffer.from("no graph") });
    expect(Object.keys(failed)).toEqual(["tensors-only", "onnx-parity", "metric-floor"]);
  });

  test("a column that the feature set does not have", async () => {
    const { failed } = await judge({ columns: ["wind"] });
    expect(failed["compatible-signature"]).toBe('against the feature set: it needs column "wind", which requests do not hold');
    expect(failed["metric-floor"]).toContain("the rows have no column wind");
  });
});

describe("against a champion", () => {
  beforeAll(async () => {
    const { promotion } = await registry.promote(name, await trial.register({ columns: ["thrust"] }));
    await driveToRest(registry, name);
    await registry.approve(promotion, "first");
    await driveToRest(registry, name);
  });

  test("as good on the same rows is good enough", async () => {
    expect(await judge({ columns: ["thrust"], weight: 5 })).toEqual({ state: "awaiting-approval", failed: {} });
  });

  test("worse is refused, whatever the floor allows", async () => {
    const { failed } = await judge({ columns: ["thrust"], weight: -4 }, { floor: 0, minimumRows: 20 });
    expect(failed).toEqual({
      "not-worse-than-champion": expect.stringMatching(/^accuracy 0\.1\d+, champion version \d+ has 1\.0000, on 30 rows$/),
    });
  });

  test("worse within the declared tolerance passes", async () => {
    expect(await judge({ columns: ["thrust"], weight: -4 }, { floor: 0, minimumRows: 20, tolerance: 1 })).toMatchObject({
      state: "awaiting-approval",
    });
  });

  test("too few rows that are new to both is no comparison", async () => {
    const { failed } = await judge({ columns: ["thrust"] }, { floor: 0.7, minimumRows: 31 });
    expect(failed).toEqual({
      "not-worse-than-champion": expect.stringMatching(
        /only 30 of the candidate's 30 test rows are new to champion version \d+; 31 are needed/,
      ),
    });
  });

  test("a column that the champion's callers do not send", async () => {
    const { failed } = await judge({ columns: ["thrust", "drag"] });
    expect(failed).toEqual({
      "compatible-signature": expect.stringMatching(/^against champion version \d+: it needs column "drag", which requests do not hold$/),
    });
  });

  test("what each gate rested on stands in the ledger", async () => {
    const { events } = await registry.history(name);
    const judged = events.findLast(({ type }) => type === "gates-passed");
    expect(judged).toMatchObject({ evidence: { inline: { "not-worse-than-champion": { value: expect.any(Number), reference: 1 } } } });
  });
});
