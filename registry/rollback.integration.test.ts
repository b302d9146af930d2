import { MlflowClient } from "mlflow-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askedVersion, driveToRest, traffic } from "./drive.fixture.ts";
import { type Registry, registryOf } from "./registry.ts";
import { openTrial, type Trial } from "./trial.fixture.ts";

let trial: Trial;
let name: string;
let registry: Registry;

/** Version 1 went live, then version 2. */
beforeAll(async () => {
  trial = await openTrial({ fourEyes: false, lenient: true });
  name = trial.workload.name;
  registry = registryOf(trial.environment, { actor: "ada", now: () => new Date() });
  for (let version = 1; version <= 3; version++) await trial.register({ weight: 3 + version });
  const asking = traffic(trial);
  for (const version of [1, 2]) {
    const { promotion } = await registry.promote(name, version);
    await driveToRest(registry, name);
    await registry.approve(promotion, "better");
    await driveToRest(registry, name);
  }
  expect(await asking.stop()).toMatchObject({ failures: [] });
});
afterAll(() => trial[Symbol.asyncDispose]());

test("it goes to the champion before, within seconds, and says how many", async () => {
  const { rollback, ...asked } = await registry.rollback(name, { reason: "recall fell" });
  expect(asked).toEqual({ workload: name, from: 2, to: 1, state: "rolling-back" });
  expect(await driveToRest(registry, name)).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
  expect(await askedVersion(trial)).toBe(1);
  expect(await registry.promotion(rollback)).toMatchObject({
    kind: "rollback",
    state: "rolled-back",
    because: "recall fell",
    from: 2,
    to: 1,
  });
  expect((await registry.promotion(rollback)).seconds).toBeGreaterThan(0);
});

test("asked for again it is the one that is done: nothing happens", async () => {
  const { events } = await registry.history(name);
  expect(await registry.rollback(name, { reason: "recall fell" })).toMatchObject({ from: 2, to: 1, state: "rolled-back", already: true });
  expect(await registry.rollback(name, { to: 1, reason: "recall fell" })).toMatchObject({ to: 1, already: true });
  expect((await registry.history(name)).events).toEqual(events);
});

test("what was rolled back from is promoted again only for a reason", async () => {
  await expect(registry.promote(name, 2)).rejects.toMatchObject({
    code: "registry.was-rolled-back",
    exitCode: 3,
    message: expect.stringContaining("recall fell"),
  });
  await expect(registry.promote(name, 2, { again: " " })).rejects.toMatchObject({ code: "registry.reason-missing" });
  expect(await registry.promote(name, 2, { again: "the rows were wrong, not the model" })).toMatchObject({ state: "requested" });
});

test("nothing good is behind: it is refused with words, and the promotion that waits goes on waiting", async () => {
  await driveToRest(registry, name);
  await expect(registry.rollback(name, { reason: "recall fell" })).rejects.toMatchObject({ code: "registry.nothing-to-roll-back-to" });
  expect(await driveToRest(registry, name)).toMatchObject({ state: "awaiting-approval" });
});

test("--to takes any version that was live, and no other; the promotion that waits is given up", async () => {
  await expect(registry.rollback(name, { to: 3, reason: "just so" })).rejects.toMatchObject({
    code: "registry.never-live",
    hint: "Name one of: 1, 2",
  });
  const waiting = (await registry.status(name)).workloads[0]?.inFlight ?? "";
  const { rollback } = await registry.rollback(name, { to: 2, reason: "it was right after all" });
  expect(await driveToRest(registry, name)).toMatchObject({ state: "live", champion: { version: 2 }, challenger: null, agrees: true });
  expect(await askedVersion(trial)).toBe(2);
  expect(await registry.promotion(waiting)).toMatchObject({ state: "superseded", because: `by ${rollback}` });
});

test("neither MLflow nor the features are needed for it; the aliases follow when MLflow is back", async () => {
  const mlflow = new MlflowClient({ trackingUri: "http://127.0.0.1:1", timeoutSeconds: 1 });
  const { descriptor } = trial.environment;
  const alone = { ...trial.environment, mlflow, descriptor: { ...descriptor, lake: { ...descriptor.lake, features: "gone" } } };
  const cutOff = registryOf(alone, { actor: "ada", now: () => new Date() });
  await expect(cutOff.promote(name, 3)).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(await cutOff.rollback(name, { to: 1, reason: "recall fell" })).toMatchObject({ from: 2, to: 1 });
  expect(await driveToRest(cutOff, name)).toMatchObject({ champion: { version: 1 }, agrees: false });
  expect((await registry.reconcile(name)).workloads[0]).toMatchObject({ agrees: true, differences: [] });
});

test("a rollback of nothing is refused: who is live already, and serves", async () => {
  const { promotion } = await registry.promote(name, 3);
  await driveToRest(registry, name);
  await expect(registry.rollback(name, { to: 1, reason: "just so" })).rejects.toMatchObject({ code: "registry.already-live" });
  await registry.reject(promotion, "enough");
});
