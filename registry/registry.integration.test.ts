import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { MlflowClient } from "mlflow-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Registry, registryOf } from "./registry.ts";
import { openTrial, type Trial } from "./trial.fixture.ts";

let trial: Trial;
let registry: Registry;

beforeAll(async () => {
  trial = await openTrial();
  registry = registryOf(trial.environment, { actor: "ada", now: () => new Date() });
  for (let version = 1; version <= 3; version++) await trial.register({ weight: 3 + version });
});
afterAll(() => trial[Symbol.asyncDispose]());

async function servedVersion(): Promise<number> {
  const { Body } = await trial.environment.sagemakerRuntime.send(
    new InvokeEndpointCommand({
      EndpointName: trial.endpoint,
      ContentType: "application/json",
      Body: JSON.stringify({ dataframe_records: [{ thrust: 2, drag: 1 }] }),
    }),
  );
  return JSON.parse(Body.transformToString()).predictions[0].model.version;
}

async function goLive(version: number): Promise<void> {
  const { promotion } = await registry.promote(trial.workload, version);
  await registry.approve(promotion, "better");
}

async function statusNow() {
  const [status] = (await registry.status(trial.workload)).workloads;
  return status;
}

const eventTypes = async () => (await registry.history(trial.workload)).events.map(({ type }) => type);

describe("from nothing to the first champion", () => {
  test("before it, the bootstrap model serves, and all agree on that", async () => {
    expect(await statusNow()).toMatchObject({ state: "bootstrap", champion: null, challenger: null, agrees: true, differences: [] });
  });

  test("there is nothing to roll back to", async () => {
    await expect(registry.rollback(trial.workload, { reason: "just so" })).rejects.toMatchObject({
      code: "registry.nothing-to-roll-back-to",
    });
  });

  test("a version that does not exist is refused with the ones that do", async () => {
    await expect(registry.promote(trial.workload, 9)).rejects.toMatchObject({
      code: "registry.version-unknown",
      hint: "Name one of: 1, 2, 3",
    });
  });

  test("a promotion rests at awaiting-approval, with every gate's finding", async () => {
    const promotion = await registry.promote(trial.workload, 1);
    expect(promotion).toMatchObject({ promotion: `${trial.workload.name}-1`, version: 1, state: "awaiting-approval" });
    expect(promotion.gates.filter(({ passed }) => !passed)).toEqual([]);
    expect(promotion.gates.map(({ name }) => name)).toEqual([
      "lineage-complete",
      "tensors-only",
      "compatible-signature",
      "onnx-parity",
      "metric-floor",
      "not-worse-than-champion",
    ]);
    expect(await statusNow()).toMatchObject({ state: "awaiting-approval", champion: null, challenger: { version: 1 }, agrees: true });
  });

  test("a second promotion meanwhile is refused, naming the first", async () => {
    await expect(registry.promote(trial.workload, 2)).rejects.toMatchObject({
      code: "registry.promotion-in-flight",
      exitCode: 3,
      message: expect.stringContaining(`${trial.workload.name}-1`),
    });
  });

  test("approved, it is live: the endpoint answers with it, and the alias names it", async () => {
    await expect(registry.approve(`${trial.workload.name}-1`, " ")).rejects.toMatchObject({ code: "registry.reason-missing" });
    expect(await registry.approve(`${trial.workload.name}-1`, "first")).toMatchObject({ state: "live", version: 1 });
    expect(await servedVersion()).toBe(1);
    expect(await trial.environment.mlflow.modelVersions.getByAlias(trial.workload.name, "champion")).toMatchObject({ version: 1 });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 1 }, challenger: null, agrees: true });
    expect(await eventTypes()).toEqual(["requested", "gates-passed", "approved", "deploying", "updating", "live"]);
  });

  test("what is live is not promoted again, nor approved again", async () => {
    await expect(registry.promote(trial.workload, 1)).rejects.toMatchObject({ code: "registry.already-live" });
    await expect(registry.approve(`${trial.workload.name}-1`, "again")).rejects.toMatchObject({ code: "registry.wrong-state" });
  });

  test("there is still nothing to roll back to: the bootstrap model is no version", async () => {
    await expect(registry.rollback(trial.workload, { reason: "just so" })).rejects.toMatchObject({
      code: "registry.nothing-to-roll-back-to",
    });
  });
});

describe("with a champion", () => {
  test("a rejected promotion changes nothing that serves", async () => {
    const { promotion } = await registry.promote(trial.workload, 2);
    expect(await registry.reject(promotion, "wrong month")).toMatchObject({ state: "rejected" });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 1 }, challenger: null, agrees: true });
  });

  test("a rollback goes to the champion before, within seconds, and says how many", async () => {
    await goLive(2);
    await goLive(3);
    const { from, to, seconds } = await registry.rollback(trial.workload, { reason: "recall fell" });
    expect({ from, to }).toEqual({ from: 3, to: 2 });
    expect(seconds).toBeGreaterThan(0);
    expect(await servedVersion()).toBe(2);
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 2 }, agrees: true });
  });

  test("--to takes any version that was live, and no other", async () => {
    await expect(registry.rollback(trial.workload, { to: 9, reason: "just so" })).rejects.toMatchObject({
      code: "registry.never-live",
      hint: "Name one of: 1, 2, 3",
    });
    await expect(registry.rollback(trial.workload, { to: 2, reason: "just so" })).rejects.toMatchObject({ code: "registry.already-live" });
    expect(await registry.rollback(trial.workload, { to: 3, reason: "it was right after all" })).toMatchObject({ from: 2, to: 3 });
    expect(await servedVersion()).toBe(3);
  });

  test("a rollback gives up the promotion that awaits approval", async () => {
    const { promotion } = await registry.promote(trial.workload, 1);
    expect(await registry.rollback(trial.workload, { reason: "recall fell" })).toMatchObject({ from: 3, to: 2 });
    await expect(registry.approve(promotion, "better")).rejects.toMatchObject({
      code: "registry.wrong-state",
      message: expect.stringContaining("superseded"),
    });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 2 }, challenger: null, agrees: true });
  });

  test("an alias that was moved by hand is seen by status, and put back by reconcile", async () => {
    await trial.environment.mlflow.registeredModels.setAlias(trial.workload.name, "champion", 1);
    expect(await statusNow()).toMatchObject({
      agrees: false,
      differences: [`alias champion of ${trial.workload.name} names version 1; the ledger says version 2`],
    });
    expect((await registry.reconcile(trial.workload)).workloads[0]).toMatchObject({ agrees: true });
  });

  test("models shows each version with its metrics, its last promotion and where it serves", async () => {
    const { versions } = await registry.models(trial.workload);
    expect(versions.map(({ version, serves, promotion }) => [version, serves, promotion?.state])).toEqual([
      [3, [], "live"],
      [2, [trial.endpoint], "live"],
      [1, [], "superseded"],
    ]);
    expect(versions[0]?.metrics).toEqual({ test_accuracy: 1 });
  });

  test("the audit trail verifies", async () => {
    const { events } = await registry.history(trial.workload);
    expect((await registry.verifyAudit(trial.workload)).ledgers).toMatchObject([{ workload: trial.workload.name, events: events.length }]);
    expect(events.filter(({ type }) => type === "rolling-back")[0]).toMatchObject({ actor: "ada", reason: "recall fell" });
  });

  test("with MLflow down a rollback works all the same; the aliases follow when it is back", async () => {
    const mlflow = new MlflowClient({ trackingUri: "http://127.0.0.1:1", timeoutSeconds: 1 });
    const alone = registryOf({ ...trial.environment, mlflow }, { actor: "ada", now: () => new Date() });
    await expect(alone.promote(trial.workload, 3)).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(await alone.rollback(trial.workload, { to: 3, reason: "recall fell" })).toMatchObject({ from: 2, to: 3 });
    expect((await alone.status(trial.workload)).workloads[0]).toMatchObject({ champion: { version: 3 }, agrees: false });
    expect((await registry.reconcile(trial.workload)).workloads[0]).toMatchObject({ agrees: true, differences: [] });
  });
});

describe("somebody rewrites what the ledger keeps", () => {
  const key = (sequence: number) => ({ endpoint: { S: trial.endpoint }, sequence: { N: String(sequence) } });
  const table = () => trial.environment.descriptor.tables.ledger;

  test("what is in flight: the head contradicts the events", async () => {
    const set = (expression: string, values?: Record<string, { S: string }>) =>
      trial.environment.dynamodb.send(
        new UpdateItemCommand({ TableName: table(), Key: key(0), UpdateExpression: expression, ExpressionAttributeValues: values }),
      );
    await set("SET inFlight = :id", { ":id": { S: "falcon-99" } });
    await expect(registry.verifyAudit(trial.workload)).rejects.toMatchObject({
      code: "registry.audit-failed",
      message: expect.stringContaining("the head says that falcon-99 is in flight; the events say nothing"),
    });
    await set("REMOVE inFlight");
    await registry.verifyAudit(trial.workload);
  });

  test("one byte of an event: verify names it, and nothing is promoted or rolled back on its word", async () => {
    const { Item } = await trial.environment.dynamodb.send(new GetItemCommand({ TableName: table(), Key: key(3) }));
    const event = { S: (Item?.event?.S ?? "").replace('"actor":"ada"', '"actor":"eve"') };
    await trial.environment.dynamodb.send(new PutItemCommand({ TableName: table(), Item: { ...key(3), event } }));
    await expect(registry.verifyAudit(trial.workload)).rejects.toMatchObject({
      code: "registry.audit-failed",
      exitCode: 3,
      message: expect.stringContaining("event 3 was changed"),
    });
    await expect(registry.promote(trial.workload, 1)).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
    await expect(registry.rollback(trial.workload, { reason: "recall fell" })).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
  });
});
