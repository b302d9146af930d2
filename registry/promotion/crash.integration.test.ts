import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Crash, dyingAt, intercepted } from "../crash.fixture.ts";
import { registryOf } from "../registry.ts";
import { openTrial, type Trial } from "../trial.fixture.ts";

let trial: Trial;
const options = { actor: "ada", now: () => new Date() };

beforeAll(async () => {
  trial = await openTrial();
  for (let version = 1; version <= 3; version++) await trial.register();
});
afterAll(() => trial[Symbol.asyncDispose]());

const whole = () => registryOf(trial.environment, options);

async function statusNow() {
  const [status] = (await whole().status(trial.workload)).workloads;
  return status;
}

async function ends(): Promise<string[]> {
  const { events } = await whole().history(trial.workload);
  return events.filter(({ type }) => type === "live" || type === "rolled-back" || type === "failed").map(({ type }) => type);
}

/** Acts, dies at a moment that `seed` chooses, and lets one reconcile after the other die as well, each a little later, until one is through. */
async function dieUntilDone(seed: number, act: (registry: ReturnType<typeof registryOf>) => Promise<unknown>): Promise<number> {
  const moments = fc.sample(
    fc.record({ nth: fc.integer({ min: 1, max: 5 }), moment: fc.constantFrom("before" as const, "after" as const) }),
    {
      seed,
      numRuns: 60,
    },
  );
  for (const [deaths, { nth, moment }] of moments.entries()) {
    const registry = registryOf(dyingAt(trial.environment, nth, moment), options);
    try {
      await (deaths === 0 ? act(registry) : registry.reconcile(trial.workload));
      return deaths;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
  throw new Error(`seed ${seed}: not done after ${moments.length} deaths`);
}

/** What the first command had recorded before it died, if anything. */
async function inFlight(): Promise<string | undefined> {
  const { events } = await whole().history(trial.workload);
  return events.at(-1)?.promotion;
}

describe("whoever dies, whenever: the next reconcile goes on", () => {
  test.each([1, 2])("a promotion, killed again and again (seed %i)", async (seed) => {
    const version = seed;
    const before = await ends();
    const asked = await dieUntilDone(seed, (registry) => registry.promote(trial.workload, version));
    if ((await statusNow())?.state !== "awaiting-approval") await whole().promote(trial.workload, version);
    const promotion = (await inFlight()) ?? "";
    const approved = await dieUntilDone(100 + seed, (registry) => registry.approve(promotion, "better"));
    if ((await statusNow())?.state === "awaiting-approval") await whole().approve(promotion, "better");

    expect(asked + approved).toBeGreaterThan(0);
    expect(await ends()).toEqual([...before, "live"]);
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version }, agrees: true });
    await whole().verifyAudit(trial.workload);
  });

  test("a rollback, killed again and again, is finished by saying it again", async () => {
    await dieUntilDone(7, (registry) => registry.rollback(trial.workload, { reason: "recall fell" }));
    if ((await statusNow())?.champion?.version === 2) await whole().rollback(trial.workload, { reason: "recall fell" });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
    await whole().verifyAudit(trial.workload);
  });
});

test("two drivers at once do no harm: one champion, one live event", async () => {
  const before = await ends();
  const { promotion } = await whole().promote(trial.workload, 3);
  await Promise.all([
    whole().approve(promotion, "better"),
    ...["grace", "linus"].map(async (actor) => registryOf(trial.environment, { ...options, actor }).reconcile(trial.workload)),
  ]);
  await whole().reconcile(trial.workload);
  expect(await ends()).toEqual([...before, "live"]);
  expect(await statusNow()).toMatchObject({ champion: { version: 3 }, agrees: true });
});

describe("a deployment that does not come up", () => {
  test("SageMaker returns to the old configuration: the promotion failed, with SageMaker's reason", async () => {
    const broken = { ...trial.environment, descriptor: { ...trial.environment.descriptor, images: { inference: "nobody/nothing:1" } } };
    const registry = registryOf(broken, options);
    const { promotion } = await registry.promote(trial.workload, 2);
    await expect(registry.approve(promotion, "better")).rejects.toMatchObject({ code: "registry.deployment-failed", exitCode: 3 });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 3 }, challenger: null, agrees: true });
  });

  test("the endpoint comes up with another version's answers: it is brought back", async () => {
    const swapped = intercepted(trial.environment, (name, input, call) => {
      if (name === "CreateModelCommand") Object.assign(containerOf(input).Environment, { FALCONRY_RUN: "another" });
      return call();
    });
    const registry = registryOf(swapped, {
      ...options,
      pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds / 10)),
    });
    const { promotion } = await registry.promote(trial.workload, 2);
    await expect(registry.approve(promotion, "better")).rejects.toMatchObject({
      code: "registry.deployment-failed",
      message: expect.stringContaining("the answer came from version 2 (run another)"),
    });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 3 }, agrees: true });
  });

  test("files that were changed after the gates never serve", async () => {
    const version = await trial.register({ weight: 9 });
    const { promotion } = await whole().promote(trial.workload, version);
    const { mlflow } = trial.environment;
    await mlflow.artifacts.upload(await mlflow.modelVersions.artifactUri(trial.workload.name, version), "model.onnx", "changed");
    await expect(whole().approve(promotion, "better")).rejects.toMatchObject({
      code: "registry.deployment-failed",
      message: expect.stringContaining("changed after the gates"),
    });
    expect(await statusNow()).toMatchObject({ champion: { version: 3 }, agrees: true });
  });
});

function containerOf(input: unknown): { Environment: object } {
  return (input as { PrimaryContainer: { Environment: object } }).PrimaryContainer;
}
