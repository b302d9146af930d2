import { randomUUID } from "node:crypto";
import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import { embeddedMetrics, emptyCounts, type ServingCounts } from "@falconry/model/serving-metrics.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import { observedEvidence } from "./observed-evidence.ts";
import { faultOf } from "./sample.ts";

const windowSeconds = 10;
const perWindow = 500;
const [champion, challenger] = [2, 3];
let environment: Environment;
let endpoint: string;
/** When the canary got traffic: long enough ago that all of the test is past. */
let since: Date;

beforeAll(async () => {
  environment = await openEnvironment("local");
});
afterAll(() => environment[Symbol.dispose]());
beforeEach(() => {
  endpoint = `evidence-${randomUUID()}`;
  since = new Date(Math.floor(Date.now() / 1000) * 1000 - 600_000);
});

const at = (seconds: number) => new Date(since.getTime() + seconds * 1000);
const evidence = (seconds: number) =>
  observedEvidence(environment, { endpoint, champion, challenger, since, now: at(seconds), windowSeconds });

/** What a container writes to its log at the end of a window, as metrics: CloudWatch Logs and the endpoint host make them alike. */
async function emit(
  version: number,
  seconds: number,
  counts: Partial<ServingCounts> = answered(perWindow),
  keep = (_metric: string) => true,
): Promise<void> {
  const line = embeddedMetrics(
    { ...emptyCounts(), ...counts },
    { Endpoint: endpoint, ModelVersion: String(version) },
    at(seconds).getTime(),
  );
  const members: Record<string, unknown> = { ...line };
  const MetricData = (line._aws.CloudWatchMetrics[0]?.Metrics ?? [])
    .filter(({ Name }) => keep(Name))
    .map(({ Name }) => ({
      MetricName: Name,
      Value: Number(members[Name]),
      Timestamp: at(seconds),
      Unit: "Count" as const,
      StorageResolution: 1,
      Dimensions: [
        { Name: "Endpoint", Value: endpoint },
        { Name: "ModelVersion", Value: String(version) },
      ],
    }));
  await environment.cloudwatch.send(new PutMetricDataCommand({ Namespace: "Falconry/Serving", MetricData }));
}

/** So many requests of one row, answered with "landed" in 3 ms. */
function answered(requests: number): Partial<ServingCounts> {
  const { latency, predictions } = emptyCounts();
  latency[5] = requests;
  predictions.byProbability[15] = requests;
  return { requests, latency, predictions: { ...predictions, byClass: { landed: requests } } };
}

/** Windows that end so many seconds after `since`, of both versions. */
async function emitBoth(...ends: number[]): Promise<void> {
  for (const end of ends) await Promise.all([champion, challenger].map((version) => emit(version, end)));
}

describe("two versions' counts", () => {
  test("are of the same time, whole windows of it, and add up", async () => {
    await emitBoth(5, 15, 25, 35, 45);
    const found = await evidence(50);
    // The first window began before the canary had traffic; the last one has not arrived for sure.
    for (const sample of [found.champion, found.challenger]) {
      expect(sample).toMatchObject({ requests: 3 * perWindow, predictions: { byClass: { landed: 3 * perWindow } } });
      expect([sample.from, sample.to]).toEqual([since.getTime(), at(40).getTime()]);
    }
    expect(faultOf(found)).toBeUndefined();
  });

  test("are told apart, those of several instances added up", async () => {
    await emitBoth(15, 25);
    await emit(champion, 18);
    await emit(challenger, 20, { requests: 7, serverErrors: 7 });
    const found = await evidence(40);
    expect(found.champion).toMatchObject({ requests: 3 * perWindow, serverErrors: 0 });
    expect(found.challenger).toMatchObject({ requests: 2 * perWindow + 7, serverErrors: 7 });
  });

  test("are judged", async () => {
    await emitBoth(15, 25, 35, 45, 55);
    const settings = canarySettings({ windowSeconds, minimumBakeSeconds: 40, minimumRequests: 100 });
    expect(judge(await evidence(60), settings)).toMatchObject({ verdict: "healthy" });
  });
});

describe("what is not known is not healthy", () => {
  const verdict = async (seconds: number) =>
    judge(await evidence(seconds), canarySettings({ windowSeconds, minimumBakeSeconds: 10, minimumRequests: 10 })).verdict;

  test("before a whole window has passed", async () => {
    await emitBoth(5);
    expect(await verdict(12)).toBe("inconclusive");
  });

  test("where nobody counts at all", async () => {
    expect((await evidence(60)).champion.requests).toBeNaN();
    expect(await verdict(60)).toBe("inconclusive");
  });

  test.each([champion, challenger])("where version %i stopped counting", async (stopped) => {
    await emitBoth(15, 25, 35);
    for (const end of [45, 55, 65, 75]) await emit(stopped === champion ? challenger : champion, end);
    expect(await verdict(60)).toBe("healthy");
    expect(await verdict(80)).toBe("inconclusive");
  });

  test("where a version paused for longer than a count may be late", async () => {
    await emitBoth(15, 25);
    for (const end of [35, 45, 55]) await emit(champion, end);
    await emitBoth(65, 75);
    expect(await verdict(90)).toBe("inconclusive");
  });
});

test("a window of which only some metrics have arrived is left out", async () => {
  await emitBoth(15, 25, 35);
  await emit(champion, 45);
  await emit(challenger, 45, answered(perWindow), (metric) => metric === "Requests" || metric.startsWith("Predicted"));
  const found = await evidence(56);
  expect(found.challenger).toMatchObject({ requests: 3 * perWindow, to: at(45).getTime() - 1 });
  expect(found.champion).toMatchObject({ requests: 3 * perWindow, to: at(45).getTime() - 1 });
});

test("a class that CloudWatch lists for the champion only is looked for in the challenger as well", async () => {
  await emit(champion, 15, answered(5));
  await emit(challenger, 15, { ...answered(5), predictions: { ...emptyCounts().predictions, byClass: { "über/all": 5 } } });
  const found = await evidence(30);
  expect(found.challenger.predictions.byClass).toEqual({ "über/all": 5 });
  expect(found.champion.predictions.byClass).toEqual({ landed: 5 });
});
