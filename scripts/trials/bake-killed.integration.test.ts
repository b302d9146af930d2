import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { describeEndpoint, type ObservedEndpoint } from "@falconry/registry/endpoint/describe.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import { type Registry, registryOf } from "@falconry/registry/registry.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atRest } from "./at-rest.ts";
import { type FalconRegion, falcon, openFalconRegion } from "./falcon-region.ts";
import { killFalconry } from "./kill.ts";
import { steadyTraffic } from "./steady-traffic.ts";
import { failures, type Traffic, versionsSince } from "./traffic.ts";

/** Enough for a verdict within the local stack's bake: the judge needs some 400 requests to each version. */
const requestsPerSecond = 200;
/** Answers that show who serves. */
const answersAfterwards = 100;
const lookMilliseconds = 20;

let region: FalconRegion;
/** Reads the ledger past the control plane, which is dead half of the time. */
let onlooker: Registry;
let traffic: Traffic;

beforeAll(async () => {
  region = await openFalconRegion();
  onlooker = registryOf(region.environment, { actor: "onlooker", now: () => new Date() });
  await region.falconry("login", "operator");
  traffic = steadyTraffic({ ...region.requests, requestsPerSecond });
});

afterAll(async () => {
  await traffic?.stop();
  await region?.close();
});

interface Bake {
  /** SageMaker's word for what it does. */
  stage: string | undefined;
  /** Since the challenger got its share. */
  seconds: number;
  events: PromotionEvent["type"][];
}

interface Moment {
  when: string;
  reached(bake: Bake): boolean;
  /** What somebody asks for just before. */
  before?(): Promise<unknown>;
  /** Who said first that the promotion is over. */
  givenUpBy: "sagemaker" | "person";
}

describe("everything of ours is killed; the champion serves by SageMaker's own doing", () => {
  test.for<Moment>([
    {
      when: "before the traffic shifts",
      reached: ({ stage, events }) => stage === "Creating" && events.includes("updating"),
      givenUpBy: "sagemaker",
    },
    { when: "just after it shifted", reached: ({ stage }) => stage === "Baking", givenUpBy: "sagemaker" },
    {
      when: "in the middle of the bake, before there is a verdict",
      reached: ({ seconds, events }) => seconds > 2.5 && !events.includes("completing"),
      givenUpBy: "sagemaker",
    },
    { when: "after the healthy verdict", reached: ({ events }) => events.includes("completing"), givenUpBy: "sagemaker" },
    {
      when: "while the promotion is rolled back",
      before: async () => {
        await reaches(await inFlight(), ({ stage, events }) => stage === "Baking" && events.includes("baking"));
        await (await region.as("operator")).rollback(falcon, { reason: "recall fell" });
      },
      reached: ({ events }) => events.includes("giving-up"),
      givenUpBy: "person",
    },
  ])("$when", async ({ reached, before, givenUpBy }) => {
    const { config: championConfig } = await endpoint();
    const promotion = await region.promote(await region.registerAlike());
    const watcher = spawn(join(checkoutFolder, "cli", "falconry"), ["watch", falcon], {
      env: { ...process.env, FALCONRY_DIRECTORY: region.folder },
      stdio: "ignore",
    });
    await before?.();
    await reaches(promotion, reached);
    watcher.kill("SIGKILL");
    expect(await killFalconry(region.folder)).toBeGreaterThan(0);

    const returned = await inService();
    const returnedAt = performance.now();
    expect(returned.config).toBe(championConfig);
    expect(returned.failureReason).toMatch(/alarms are in ALARM state/);
    await answers(answersAfterwards);
    expect(versionsSince(traffic, returnedAt)).toEqual([1]);

    await region.falconry("local", "up");
    const operator = await region.as("operator");
    await operator.reconcile(falcon);
    expect(await atRest(operator)).toMatchObject({ state: "live", champion: { version: 1 }, agrees: true, differences: [] });
    const account = await eventsOf(promotion);
    expect(account.filter(({ type }) => type === "giving-up")).toMatchObject([{ by: givenUpBy }]);
    expect(account.findLast(({ type }) => type !== "mirrored")).toMatchObject({ type: "rolled-back", version: 1, config: championConfig });
    expect(failures(traffic)).toEqual([]);
  });

  test("and the audit trail is whole", async () => {
    await onlooker.verifyAudit(falcon);
  });
});

/** Looks until the bake has come so far. @throws Error when the promotion ends before */
async function reaches(promotion: string, reached: (bake: Bake) => boolean): Promise<void> {
  let baking: number | undefined;
  for (;;) {
    const [{ pending }, events] = await Promise.all([endpoint(), eventsOf(promotion)]);
    if (pending?.stage === "Baking") baking ??= performance.now();
    const seconds = baking === undefined ? 0 : (performance.now() - baking) / 1000;
    const types = events.map(({ type }) => type);
    if (reached({ stage: pending?.stage, seconds, events: types })) return;
    const end = types.find((type) => type === "live" || type === "rolled-back" || type === "failed" || type === "gates-failed");
    if (end !== undefined) throw new Error(`${promotion} came to its end (${types.join(", ")}) before it came so far`);
    await pause(lookMilliseconds);
  }
}

async function endpoint(): Promise<ObservedEndpoint> {
  const observed = await describeEndpoint(region.environment.sagemaker, region.endpoint);
  if (observed === undefined) throw new Error(`${region.endpoint} is gone`);
  return observed;
}

async function inService(): Promise<ObservedEndpoint> {
  for (;;) {
    const observed = await endpoint();
    if (observed.status === "InService") return observed;
    await pause(lookMilliseconds);
  }
}

async function inFlight(): Promise<string> {
  const [status] = (await onlooker.status(falcon)).workloads;
  if (!status?.challenger) throw new Error("nothing is in flight");
  return status.challenger.promotion;
}

/** Waits for so many more answers, of requests that are sent from now on. */
async function answers(count: number): Promise<void> {
  const now = performance.now();
  while (traffic.outcomes.filter(({ sent }) => sent >= now).length < count) await pause(lookMilliseconds);
}

/** Everything that the ledger says of one promotion, whose name ends with the number of its first event. */
async function eventsOf(promotion: string): Promise<readonly PromotionEvent[]> {
  const first = Number(promotion.split("-").at(-1));
  const { events } = await onlooker.history(falcon, { after: first - 1 });
  return events.filter((event) => event.promotion === promotion);
}
