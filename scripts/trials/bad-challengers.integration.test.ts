import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@falconry/environment/environment.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { liveRow } from "@falconry/registry/bad-challengers.fixture.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import { type Registry, registryOf } from "@falconry/registry/registry.ts";
import { openTrial, type Trial } from "@falconry/registry/trial.fixture.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BadChallenger, badChallengers, type Guard, tableRow } from "./bad-challengers.ts";
import { judgedBy } from "./judged-by.ts";
import { steadyTraffic } from "./steady-traffic.ts";
import { failures, type Outcome, type Traffic } from "./traffic.ts";

const requestsPerSecond = 250;
/** Each thrust with each drag of the live rows once. */
const liveRows = 700;
const passMilliseconds = 200;
/**
 * Time for every check to have enough to go by, also on a machine so busy that it answers few requests: the one that is meant must be among those that object,
 * and ends the bake when it does. How long answers take counts only against the one that is meant to be slow: in its first seconds a new container is slower
 * than one that ran for minutes.
 */
const canary = { minimumBakeSeconds: 5, maxBakeSeconds: 60, latencyEffect: 1 };

let trial: Trial;
let asking: Registry;
let approving: Registry;
let traffic: Traffic;
let champion: number;

beforeAll(async () => {
  trial = await openTrial({ canary });
  const now = () => new Date();
  asking = registryOf(trial.environment, { actor: "ada", now });
  approving = registryOf(trial.environment, { actor: "grace", now });
  champion = await trial.register();
  expect(endOf(await pass(champion))).toMatchObject({ type: "live" });
  const { sagemakerEndpointUrl } = trial.environment.descriptor.services;
  traffic = steadyTraffic({
    url: `${sagemakerEndpointUrl}/endpoints/${trial.endpoint}/invocations`,
    contentType: "application/json",
    bodies: Array.from({ length: liveRows }, (_, row) => JSON.stringify({ dataframe_records: [liveRow(row)] })),
    requestsPerSecond,
  });
});

afterAll(async () => {
  await traffic?.stop();
  await trial?.[Symbol.asyncDispose]();
});

describe("a bad challenger is stopped by its guard; the champion answers all the while", () => {
  test.for(badChallengers)("$name", async ({ version, guards, canary, registered, passed, fails }) => {
    const challenger = await trial.register(version);
    registered?.(trial, challenger);
    const first = traffic.outcomes.length;
    const events = await pass(challenger, { canary, passed });
    expectStoppedBy(guards, events);
    const during = traffic.outcomes.slice(first);
    expect(shareOf(champion, during)).toBeGreaterThan(0.4);
    if (!fails) expect(failures({ outcomes: during })).toEqual([]);
    expect((await asking.status(trial.workload.name)).workloads[0]).toMatchObject({
      state: "live",
      champion: { version: champion },
      challenger: null,
      agrees: true,
    });
  });
});

test("the README's table names each of them, and what stops it", async () => {
  const readme = await readFile(join(checkoutFolder, "registry", "README.md"), "utf8");
  for (const challenger of badChallengers) expect(readme).toContain(tableRow(challenger));
});

/** Has a version promoted, and drives the registry until that rests. @returns what the ledger says of it */
async function pass(version: number, { canary = {}, passed }: Pick<BadChallenger, "canary" | "passed"> = {}): Promise<PromotionEvent[]> {
  const name = trial.workload.name;
  using held = connect(judgedBy(trial.environment.descriptor, name, canary));
  const { promotion } = await registryOf(held, { actor: "ada", now: () => new Date() }).promote(name, version);
  for (;;) {
    await asking.reconcile(name);
    const { state } = await asking.promotion(promotion);
    const events = (await asking.history(name)).events.filter((event) => event.promotion === promotion);
    if (state === "awaiting-approval") {
      const gates = events.find((event) => event.type === "gates-passed");
      if (gates !== undefined) await passed?.(trial, gates.candidate.package);
      await approving.approve(promotion, "passed its gates");
    }
    if (["refused", "live", "rolled-back", "failed"].includes(state)) return events;
    await pause(passMilliseconds);
  }
}

/** The ledger says which guard it was, and what that found. */
function expectStoppedBy(guards: readonly Guard[], events: readonly PromotionEvent[]): void {
  const refused = events.find((event) => event.type === "gates-failed");
  const [givenUp, ...more] = events.filter((event) => event.type === "giving-up");
  expect(more).toEqual([]);
  const found = givenUp?.judgement?.findings.filter(({ verdict }) => verdict === "unhealthy") ?? [];
  for (const { numbers } of found) expect(Object.keys(numbers)).not.toEqual([]);
  const stopped = {
    gate: refused?.gates.filter(({ passed }) => !passed).map(({ name }) => name) ?? [],
    judge: found.map(({ name }) => name),
    sagemaker: givenUp?.by === "sagemaker" ? givenUp.reason : "",
  };
  expect(
    guards.filter((guard) => (guard.by === "sagemaker" ? stopped.sagemaker.includes(guard.words) : stopped[guard.by].includes(guard.name))),
    JSON.stringify({ ...stopped, reason: givenUp?.reason }),
  ).not.toEqual([]);
  if (refused === undefined) expect(endOf(events)).toMatchObject({ type: "rolled-back", version: champion });
}

/** MLflow's aliases follow whatever happened. */
function endOf(events: readonly PromotionEvent[]): PromotionEvent | undefined {
  return events.findLast(({ type }) => type !== "mirrored");
}

function shareOf(version: number, outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome.version === version).length / outcomes.length;
}
