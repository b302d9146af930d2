import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askedVersion, driveToRest } from "./drive.fixture.ts";
import { type Registry, registryOf } from "./registry.ts";
import { openTrial, type Trial } from "./trial.fixture.ts";

let trial: Trial;
let name: string;
let ada: Registry;
let grace: Registry;

const as = (actor: string) => registryOf(trial.environment, { actor, now: () => new Date() });

beforeAll(async () => {
  trial = await openTrial();
  name = trial.workload.name;
  [ada, grace] = [as("ada"), as("grace")];
  for (let version = 1; version <= 3; version++) await trial.register({ weight: 3 + version, spoiltTags: { "mlflow.user": "tim" } });
});
afterAll(() => trial[Symbol.asyncDispose]());

async function statusNow() {
  const [status] = (await ada.status(name)).workloads;
  return status;
}

/** Past our client, which deletes nothing. */
async function deleteVersion(version: number): Promise<void> {
  const { uri } = trial.environment.descriptor.tracking;
  const body = JSON.stringify({ name, version: String(version) });
  const answer = await fetch(`${uri}/api/2.0/mlflow/model-versions/delete`, {
    method: "DELETE",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(answer.status).toBe(200);
}

const eventTypes = async () => (await ada.history(name)).events.map(({ type }) => type);

describe("from nothing to the first champion", () => {
  test("before it, the bootstrap model serves, and all agree on that", async () => {
    expect(await statusNow()).toMatchObject({ state: "bootstrap", champion: null, challenger: null, agrees: true, differences: [] });
  });

  test("there is nothing to roll back to", async () => {
    await expect(ada.rollback(name, { reason: "just so" })).rejects.toMatchObject({ code: "registry.nothing-to-roll-back-to" });
  });

  test("a version that does not exist is refused with the ones that do", async () => {
    await expect(ada.promote(name, 9)).rejects.toMatchObject({ code: "registry.version-unknown", hint: "Name one of: 1, 2, 3" });
  });

  test("a request is answered at once, and nothing was done for it yet", async () => {
    expect(await ada.promote(name, 1)).toMatchObject({ promotion: `${name}-1`, version: 1, state: "requested", gates: [] });
    expect(await eventTypes()).toEqual(["requested"]);
  });

  test("a second promotion meanwhile is refused, naming the first", async () => {
    await expect(ada.promote(name, 2)).rejects.toMatchObject({
      code: "registry.promotion-in-flight",
      exitCode: 3,
      message: expect.stringContaining(`${name}-1`),
    });
  });

  test("a pass runs every gate; then a person is waited for", async () => {
    expect(await driveToRest(ada, name)).toMatchObject({
      state: "awaiting-approval",
      champion: null,
      challenger: { version: 1 },
      agrees: true,
    });
    const { gates } = await ada.promotion(`${name}-1`);
    expect(gates.filter(({ passed }) => !passed)).toEqual([]);
    expect(gates.map(({ name }) => name)).toEqual([
      "lineage-complete",
      "tensors-only",
      "compatible-signature",
      "onnx-parity",
      "metric-floor",
      "not-worse-than-champion",
    ]);
  });

  test.each(["ada", "tim"])("%s, who asked for it or trained it, may not approve it", async (actor) => {
    await expect(as(actor).approve(`${name}-1`, "first")).rejects.toMatchObject({ code: "registry.four-eyes", exitCode: 3 });
  });

  test("approved, and driven to its end, it is live: the endpoint answers with it, and the alias names it", async () => {
    await expect(grace.approve(`${name}-1`, " ")).rejects.toMatchObject({ code: "registry.reason-missing" });
    expect(await grace.approve(`${name}-1`, "first")).toMatchObject({ state: "approved", version: 1 });
    await expect(grace.approve(`${name}-1`, "twice")).rejects.toMatchObject({ hint: expect.stringContaining(`falconry watch ${name}`) });
    expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 1 }, challenger: null, agrees: true });
    expect(await askedVersion(trial)).toBe(1);
    expect(await trial.environment.mlflow.modelVersions.getByAlias(name, "champion")).toMatchObject({ version: 1 });
    const types = (await eventTypes()).filter((type) => type !== "mirrored");
    expect(types).toEqual(["requested", "gates-passed", "approved", "deploying", "updating", "live"]);
  });

  test("what is live is not promoted again, nor approved again", async () => {
    await expect(ada.promote(name, 1)).rejects.toMatchObject({ code: "registry.already-live" });
    await expect(grace.approve(`${name}-1`, "again")).rejects.toMatchObject({ code: "registry.wrong-state" });
  });

  test("there is still nothing to roll back to: the bootstrap model is no version", async () => {
    await expect(ada.rollback(name, { reason: "just so" })).rejects.toMatchObject({ code: "registry.nothing-to-roll-back-to" });
  });
});

describe("with a champion", () => {
  test.each([
    ["grace", "rejected"],
    ["ada", "cancelled"],
  ])("%s says no: it is %s, and what serves is left alone", async (actor, state) => {
    const { promotion } = await ada.promote(name, 2);
    await driveToRest(ada, name);
    expect(await as(actor).reject(promotion, "wrong month")).toMatchObject({ state, because: "wrong month" });
    expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 1 }, challenger: null, agrees: true });
  });

  test("a version that MLflow lost after it was asked for is refused by the gates", async () => {
    const version = await trial.register();
    const { promotion } = await ada.promote(name, version);
    await deleteVersion(version);
    await driveToRest(ada, name);
    expect(await ada.promotion(promotion)).toMatchObject({ state: "refused", because: expect.stringContaining("lineage-complete") });
  });

  test("nobody approves it in time: it expires", async () => {
    const { promotion } = await ada.promote(name, 2);
    await driveToRest(ada, name);
    const inFourDays = () => new Date(Date.now() + 4 * 24 * 3_600_000);
    await registryOf(trial.environment, { actor: "ada", now: inFourDays }).reconcile(name);
    expect(await ada.promotion(promotion)).toMatchObject({ state: "expired", because: "nobody approved it within 72 hours" });
  });

  test("two people act at the same moment: one of them is refused with words", async () => {
    const { promotion } = await ada.promote(name, 2);
    await driveToRest(ada, name);
    const said = await Promise.allSettled([grace.reject(promotion, "no"), as("linus").reject(promotion, "no")]);
    const [refused] = said.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(said.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(refused).toMatchObject({ code: "registry.wrong-state", message: expect.stringContaining("rejected") });
    await driveToRest(ada, name);
  });

  test("models shows each version with its metrics, its last promotion and where it serves", async () => {
    const { versions } = await ada.models(name);
    expect(versions.map(({ version, serves, promotion }) => [version, serves, promotion?.state])).toEqual([
      [3, [], undefined],
      [2, [], "rejected"],
      [1, [trial.endpoint], "live"],
    ]);
    expect(versions[0]?.metrics).toEqual({ test_accuracy: 1 });
  });

  test("the audit trail verifies", async () => {
    const { events, more } = await ada.history(name);
    expect(more).toBe(false);
    expect((await ada.verifyAudit(name)).ledgers).toMatchObject([{ workload: name, events: events.length }]);
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
    await expect(ada.verifyAudit(name)).rejects.toMatchObject({
      code: "registry.audit-failed",
      message: expect.stringContaining("the head says that falcon-99 is in flight; the events say nothing"),
    });
    await set("REMOVE inFlight");
    await ada.verifyAudit(name);
  });

  test("one byte of an event: verify names it, and nothing is promoted or rolled back on its word", async () => {
    const { Item } = await trial.environment.dynamodb.send(new GetItemCommand({ TableName: table(), Key: key(4) }));
    const event = { S: (Item?.event?.S ?? "").replace('"actor":"grace"', '"actor":"eve"') };
    await trial.environment.dynamodb.send(new PutItemCommand({ TableName: table(), Item: { ...key(4), event } }));
    const newcomer = as("ada");
    await expect(newcomer.verifyAudit(name)).rejects.toMatchObject({
      code: "registry.audit-failed",
      exitCode: 3,
      message: expect.stringContaining("event 4 was changed"),
    });
    await expect(newcomer.promote(name, 2)).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
    await expect(newcomer.rollback(name, { reason: "recall fell" })).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
  });
});
