import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { badOnLiveRows } from "../bad-challengers.fixture.ts";
import { askedVersion, driveTo, driveToRest, type Traffic, traffic } from "../drive.fixture.ts";
import { type Registry, registryOf } from "../registry.ts";
import { openTrial, type Trial } from "../trial.fixture.ts";

let trial: Trial;
let name: string;
let ada: Registry;
let grace: Registry;
let asking: Traffic | undefined;

beforeAll(async () => {
  trial = await openTrial({ lenient: true });
  name = trial.workload.name;
  [ada, grace] = ["ada", "grace"].map((actor) => registryOf(trial.environment, { actor, now: () => new Date() })) as [Registry, Registry];
  for (let version = 1; version <= 3; version++) await trial.register({ weight: 3 + version });
  await deploy(1);
  await driveToRest(ada, name);
});
afterEach(() => asking?.stop());
afterAll(() => trial[Symbol.asyncDispose]());

/** Up to the approval. @returns the promotion's id */
async function deploy(version: number, how: { again?: string } = {}): Promise<string> {
  const { promotion } = await ada.promote(name, version, how);
  await driveToRest(ada, name);
  await grace.approve(promotion, "better");
  return promotion;
}

const baking = () => driveTo(ada, name, ({ state }) => state === "canary");
const eventsOf = async (id: string) => (await ada.history(name)).events.filter(({ promotion }) => promotion === id);
const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type).filter((type) => type !== "mirrored");

test("a good challenger bakes, is found healthy, and goes live; no request fails", async () => {
  const promotion = await deploy(2);
  asking = traffic(trial);
  const status = await driveTo(ada, name, ({ canary }) => canary !== null && canary.requests.challenger > 0);
  expect(status).toMatchObject({ state: "canary", champion: { version: 1 }, challenger: { version: 2 }, canary: { maxBakeSeconds: 17 } });
  expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 2 }, canary: null, agrees: true });
  expect(await askedVersion(trial)).toBe(2);
  expect(await asking.stop()).toMatchObject({ failures: [], versions: new Set([1, 2]) });
  expect((await typesOf(promotion)).slice(-4)).toEqual(["updating", "baking", "completing", "live"]);
  const { judgement } = await ada.promotion(promotion);
  expect(judgement).toMatchObject({ verdict: "healthy" });
  expect(judgement?.requests.challenger).toBeGreaterThanOrEqual(100);
});

test("a bad challenger is found unhealthy, with its numbers; the champion serves again before the bake is over", async () => {
  const version = await trial.register(badOnLiveRows["wrong on one class"]);
  const promotion = await deploy(version);
  asking = traffic(trial);
  expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 2 }, challenger: null, agrees: true });
  expect(await asking.stop()).toMatchObject({ failures: [] });
  expect(await ada.promotion(promotion)).toMatchObject({
    state: "rolled-back",
    because: expect.stringContaining("class-shift"),
    judgement: { verdict: "unhealthy" },
    from: version,
    to: 2,
  });
  await expect(ada.promote(name, version)).rejects.toMatchObject({
    code: "registry.was-rolled-back",
    message: expect.stringContaining("class-shift"),
  });
});

test("without traffic nobody can tell: inconclusive to the end goes back", async () => {
  const promotion = await deploy(3);
  expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 2 }, agrees: true });
  expect(await ada.promotion(promotion)).toMatchObject({ state: "rolled-back", judgement: { verdict: "inconclusive" } });
  expect((await eventsOf(promotion)).find(({ type }) => type === "giving-up")).toMatchObject({
    by: "judge",
    reason: expect.stringContaining("inconclusive to the end"),
  });
});

test("everybody who drives is gone: SageMaker returns by itself, and the next pass says so", async () => {
  const promotion = await deploy(3, { again: "there is traffic now" });
  asking = traffic(trial);
  await baking();
  await sleep(12_000);
  expect(await askedVersion(trial)).toBe(2);
  expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 2 }, agrees: true });
  expect(await asking.stop()).toMatchObject({ failures: [] });
  expect((await eventsOf(promotion)).find(({ type }) => type === "giving-up")).toMatchObject({
    by: "sagemaker",
    reason: expect.stringContaining(`${name}-silent`),
  });
});

describe("a rollback while a canary bakes", () => {
  test("gives the promotion up, and is the same rollback when it is asked for again", async () => {
    const promotion = await deploy(3, { again: "once more" });
    await baking();
    const asked = { rollback: promotion, from: 3, to: 2, state: "rolling-back" };
    expect(await ada.rollback(name, { reason: "recall fell" })).toMatchObject(asked);
    expect(await grace.rollback(name, { reason: "recall fell" })).toMatchObject({ ...asked, already: true });
    expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 2 }, agrees: true });
    expect(await ada.rollback(name, { reason: "to be sure" })).toMatchObject({ ...asked, state: "rolled-back", already: true });
    expect((await typesOf(promotion)).slice(-2)).toEqual(["giving-up", "rolled-back"]);
  });

  test("to another version: the canary returns first, then that version is brought up", async () => {
    const promotion = await deploy(3, { again: "once more" });
    await baking();
    const { rollback } = await ada.rollback(name, { to: 1, reason: "both are bad" });
    expect(await driveToRest(ada, name)).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true });
    expect(await ada.promotion(promotion)).toMatchObject({ state: "superseded", because: `by ${rollback}` });
    expect(await askedVersion(trial)).toBe(1);
  });
});
