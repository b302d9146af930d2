import { fc } from "@fast-check/vitest";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Crash, dyingAt, intercepted } from "../crash.fixture.ts";
import { askedVersion, driveToRest, type Traffic, traffic } from "../drive.fixture.ts";
import { type Registry, registryOf } from "../registry.ts";
import { openTrial, type Trial } from "../trial.fixture.ts";

let trial: Trial;
let name: string;
let registry: Registry;
let asking: Traffic | undefined;
const options = { actor: "ada", now: () => new Date() };

beforeAll(async () => {
  // Until the next driver gets a dead one's lease, nobody says that all is well.
  trial = await openTrial({ fourEyes: false, lenient: true, canary: { silenceToAlarmSeconds: 12, maxBakeSeconds: 21 } });
  name = trial.workload.name;
  registry = registryOf(trial.environment, options);
  for (let version = 1; version <= 4; version++) await trial.register({ weight: 3 + version });
});
afterEach(() => asking?.stop());
afterAll(() => trial[Symbol.asyncDispose]());

async function statusNow() {
  const [status] = (await registry.status(name)).workloads;
  return status;
}

/** Up to the approval. @returns the promotion's id */
async function approved(version: number, how: { again?: string } = {}): Promise<string> {
  const { promotion } = await registry.promote(name, version, how);
  await driveToRest(registry, name);
  await registry.approve(promotion, "better");
  return promotion;
}

async function typesOf(id: string): Promise<string[]> {
  const { events } = await registry.history(name);
  return events.filter(({ promotion, type }) => promotion === id && type !== "mirrored").map(({ type }) => type);
}

/** Drivers, one after the other: each dies at a moment that the seed chooses, until one is through or the last one lives. @returns how many died */
async function driveThroughDeaths(seed: number): Promise<number> {
  const moment = fc.record({ nth: fc.integer({ min: 2, max: 12 }), moment: fc.constantFrom("before" as const, "after" as const) });
  const moments = fc.sample(moment, { seed, numRuns: 6 });
  for (const [deaths, { nth, moment }] of moments.entries()) {
    try {
      await driveToRest(registryOf(dyingAt(trial.environment, nth, moment), options), name);
      return deaths;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
  await driveToRest(registry, name);
  return moments.length;
}

/** How things stand, and the audit holds, once a pass has done what a dead driver left undone: the dead one's lease runs out first. */
async function statusAfterDeaths() {
  const pass = async () => {
    await registry.reconcile(name);
    expect(await statusNow()).toMatchObject({ agrees: true });
    await registry.verifyAudit(name);
  };
  await vi.waitFor(pass, { timeout: 20_000, interval: 500 });
  return await statusNow();
}

describe("whoever drives dies, whenever: the next pass goes on", () => {
  test("the first promotion goes live all the same, by the very files that passed the gates", async () => {
    const { promotion } = await registry.promote(name, 1);
    expect(await driveThroughDeaths(1)).toBeGreaterThan(0);
    const { mlflow } = trial.environment;
    await mlflow.artifacts.upload(await mlflow.modelVersions.artifactUri(name, 1), "model.onnx", "changed since");
    await registry.approve(promotion, "first");
    expect(await driveThroughDeaths(2)).toBeGreaterThan(0);
    expect(await statusAfterDeaths()).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
    expect((await typesOf(promotion)).filter((type) => type === "live")).toHaveLength(1);
  });

  test("a canary ends once, live or back where it came from, and nobody's request fails", async () => {
    const promotion = await approved(2);
    asking = traffic(trial);
    expect(await driveThroughDeaths(3)).toBeGreaterThan(0);
    expect(await asking.stop()).toMatchObject({ failures: [] });
    const ends = (await typesOf(promotion)).filter((type) => type === "live" || type === "rolled-back");
    const champion = ends[0] === "live" ? 2 : 1;
    expect(ends).toHaveLength(1);
    expect(await statusAfterDeaths()).toMatchObject({ state: "live", champion: { version: champion }, agrees: true });
    expect(await askedVersion(trial)).toBe(champion);
  });
});

test("three drivers at once do no harm: one order, one verdict, one end; then a rollback through deaths", async () => {
  const promotion = await approved(3);
  asking = traffic(trial);
  await Promise.all(["ada", "grace", "linus"].map((actor) => driveToRest(registryOf(trial.environment, { ...options, actor }), name)));
  await driveToRest(registry, name);
  const types = await typesOf(promotion);
  for (const type of ["deploying", "updating", "baking", "completing", "live"]) expect(types.filter((one) => one === type)).toEqual([type]);

  await registry.rollback(name, { to: 1, reason: "recall fell" });
  expect(await driveThroughDeaths(4)).toBeGreaterThan(0);
  expect(await asking.stop()).toMatchObject({ failures: [] });
  expect(await statusAfterDeaths()).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
});

describe("a deployment that does not come up", () => {
  test("SageMaker returns to the old configuration: the promotion goes back, with SageMaker's reason", async () => {
    const broken = { ...trial.environment, descriptor: { ...trial.environment.descriptor, images: { inference: "nobody/nothing:1" } } };
    const promotion = await approved(4);
    await driveToRest(registryOf(broken, options), name);
    expect(await registry.promotion(promotion)).toMatchObject({
      state: "rolled-back",
      because: expect.stringContaining("nobody/nothing:1"),
    });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 1 }, challenger: null, agrees: true });
  });

  test("the endpoint comes up with another version's answers: it is brought back", async () => {
    const swapped = intercepted(trial.environment, (call, input, send) => {
      if (call === "CreateModelCommand") Object.assign(containerOf(input).Environment, { FALCONRY_RUN: "another" });
      return send();
    });
    const promotion = await approved(4, { again: "with the right image" });
    asking = traffic(trial);
    await driveToRest(registryOf(swapped, options), name);
    expect(await asking.stop()).toMatchObject({ failures: [] });
    expect(await registry.promotion(promotion)).toMatchObject({
      state: "rolled-back",
      because: expect.stringContaining("the answer came from version 4 (run another)"),
    });
    expect(await statusNow()).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
  });
});

function containerOf(input: unknown): { Environment: object } {
  return (input as { PrimaryContainer: { Environment: object } }).PrimaryContainer;
}
