import { CreateEndpointConfigCommand, DeleteEndpointConfigCommand, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { intercepted } from "../crash.fixture.ts";
import { askedVersion, driveTo, driveToRest } from "../drive.fixture.ts";
import { type Registry, registryOf } from "../registry.ts";
import { openTrial, type Trial } from "../trial.fixture.ts";
import type { PromotionEvent } from "./events.ts";

let trial: Trial;
let name: string;
let registry: Registry;

/** Version 1 is live. */
beforeAll(async () => {
  trial = await openTrial({ fourEyes: false, lenient: true });
  name = trial.workload.name;
  registry = registryOf(trial.environment, { actor: "ada", now: () => new Date() });
  for (let version = 1; version <= 2; version++) await trial.register({ weight: 3 + version });
  const { promotion } = await registry.promote(name, 1);
  await driveToRest(registry, name);
  await registry.approve(promotion, "first");
  await driveToRest(registry, name);
});
afterAll(() => trial[Symbol.asyncDispose]());

async function statusNow() {
  const [status] = (await registry.status(name)).workloads;
  if (status === undefined) throw new Error("the trial has no endpoint");
  return status;
}

/** What the ledger says after the event of this sequence. */
const eventsAfter = async (sequence: number): Promise<readonly PromotionEvent[]> =>
  (await registry.history(name, { after: sequence })).events;
const lastSequence = async () => (await registry.history(name)).events.length;

/** Somebody with the rights does it past the registry, and it is done. */
async function updateByHand(config: string): Promise<void> {
  await trial.environment.sagemaker.send(new UpdateEndpointCommand({ EndpointName: trial.endpoint, EndpointConfigName: config }));
  await driveTo(registry, name, ({ differences }) => !differences.some((difference) => difference.includes("Updating")));
}

test("an alias that was moved by hand is seen by status; a pass tells it, and puts it back", async () => {
  const before = await lastSequence();
  await trial.environment.mlflow.registeredModels.setAlias(name, "champion", 2);
  const differences = [`alias champion of ${name} names version 2; the ledger says version 1`];
  expect(await statusNow()).toMatchObject({ agrees: false, differences });
  expect((await registry.reconcile(name)).workloads[0]).toMatchObject({ agrees: true });
  expect(await eventsAfter(before)).toMatchObject([
    { type: "noticed", what: "alias", reason: "alias champion was set to version 2; it should be version 1" },
    { type: "mirrored", aliases: { champion: 1 } },
  ]);
});

describe("another configuration serves than the champion's", () => {
  test("one of ours: it is repaired before a promotion that waits goes on", async () => {
    const { promotion } = await registry.promote(name, 2);
    await driveToRest(registry, name);
    const before = await lastSequence();
    await updateByHand(`${trial.endpoint}-bootstrap`);
    expect(await driveToRest(registry, name)).toMatchObject({ state: "awaiting-approval", inFlight: promotion, agrees: true });
    expect(await askedVersion(trial)).toBe(1);
    const types = (await eventsAfter(before)).map(({ type }) => type);
    expect(types).toEqual(["repairing", "updating", "rolled-back"]);
    await registry.reject(promotion, "another day");
  });

  test("none of ours: it is told once, and left; a promotion is not deployed over it", async () => {
    const { endpoint: EndpointName, environment } = trial;
    const model = (await registry.history(name)).events.find((event) => event.type === "deploying")?.deployment.model;
    await environment.sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: `${EndpointName}-theirs`,
        ProductionVariants: [{ VariantName: "live", ModelName: model, InitialInstanceCount: 2, InstanceType: "ml.m5.large" }],
      }),
    );
    const before = await lastSequence();
    await updateByHand(`${EndpointName}-theirs`);
    await driveToRest(registry, name);
    const told = (await eventsAfter(before)).filter(({ type }) => type === "noticed");
    expect(told).toMatchObject([{ what: "endpoint", reason: expect.stringContaining("that is none of ours") }]);
    expect(await statusNow()).toMatchObject({
      agrees: false,
      differences: [expect.stringContaining(`bring it back with: falconry rollback ${name} --reason "…" --to 1`)],
    });
    const { promotion } = await registry.promote(name, 2);
    await driveToRest(registry, name);
    await registry.approve(promotion, "better");
    await driveToRest(registry, name);
    expect(await registry.promotion(promotion)).toMatchObject({ state: "failed", because: expect.stringContaining("-theirs, not with") });
  });

  test("a person brings the champion back by name", async () => {
    expect(await registry.rollback(name, { to: 1, reason: "somebody deployed by hand" })).toMatchObject({ to: 1, state: "rolling-back" });
    expect(await driveToRest(registry, name)).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
  });
});

test("the champion's configuration was deleted: it is told, and made anew from what passed the gates", async () => {
  let minutes = 0;
  const living = registryOf(trial.environment, { actor: "ada", now: () => new Date(Date.now() + minutes * 60_000) });
  await living.reconcile(name);
  const config = (await registry.history(name)).events.findLast((event) => event.type === "rolled-back")?.config;
  await trial.environment.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: config }));
  const before = await lastSequence();
  minutes = 2;
  await living.reconcile(name);
  expect(await eventsAfter(before)).toMatchObject([
    { type: "noticed", what: "configuration", reason: expect.stringContaining(`${config} of version 1`) },
  ]);
  await updateByHand(config ?? "");
  expect(await driveToRest(registry, name)).toMatchObject({ state: "live", agrees: true });
});

test("with nothing to do, a process that has just begun asks three times", async () => {
  const calls: string[] = [];
  const counted = intercepted(trial.environment, (call, _, send) => {
    calls.push(call);
    return send();
  });
  await registryOf(counted, { actor: "ada", now: () => new Date() }).reconcile(name);
  expect(calls.sort()).toEqual(["DescribeEndpointCommand", "QueryCommand", "get"]);
});
