import { expect, test } from "vitest";
import type { PromotionEvent } from "../promotion/events.ts";
import { entry } from "./entry.ts";
import { sentence } from "./sentence.ts";

type Told = Unstamped<PromotionEvent>;
type Unstamped<E> = E extends unknown ? Omit<E, "sequence" | "previous" | "time" | "actor" | "promotion"> : never;

const digest = "0".repeat(64);
const candidate = { version: 3, run: "run-3", dataset: digest, features: digest, package: digest };
const deployment = { ...candidate, model: "falcon-v3", config: "falcon-v3" };
const evidence = { inline: null };
const floor = { name: "metric-floor", passed: true, measured: "accuracy 0.8889 on 18 rows", required: "accuracy of at least 0.7" };
const worse = { name: "not-worse", passed: false, measured: "accuracy 0.6", required: "accuracy not lower than the champion's" };
const latency = {
  name: "latency",
  verdict: "unhealthy",
  measured: "delta 0.91",
  required: "Cliff's delta at most 0.33",
  numbers: {},
} as const;
const errors = {
  name: "server-errors",
  verdict: "healthy",
  measured: "0.1 % of 1204 requests, the champion 0 %",
  required: "1 %",
  numbers: {},
} as const;
const counted = { requests: { champion: 1187, challenger: 1204 }, seconds: 64, evidence };

function events(...told: Told[]): PromotionEvent[] {
  return told.map((event, index) => ({
    ...event,
    sequence: index + 1,
    previous: digest,
    time: `2026-11-21T09:12:0${index}.000Z`,
    actor: "grace",
    promotion: "falcon-1",
  }));
}

const settings = {
  metric: "accuracy",
  gates: { floor: 0.7, minimumRows: 10 },
  rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
} as const;
const beginning = events(
  { type: "requested", version: 3, settings, settingsDigest: digest },
  { type: "gates-passed", gates: [floor], candidate, champion: 2, trainedBy: "ada", probeRows: evidence, evidence },
);

/** The sentences of one more event of the same promotion. */
function next(told: Told): string[] {
  return events(told).flatMap((event) => sentence(event, beginning));
}

test.each<[Told, string]>([
  [{ type: "approved", reason: "better on the same rows" }, "grace approved falcon-1 (version 3): better on the same rows"],
  [{ type: "rejected", reason: "not now" }, "grace rejected falcon-1 (version 3): not now"],
  [{ type: "cancelled", reason: "a typo" }, "grace took falcon-1 (version 3) back: a typo"],
  [{ type: "expired", reason: "nobody approved it in 72 hours" }, "falcon-1 (version 3) expired: nobody approved it in 72 hours"],
  [
    { type: "deploying", deployment, previousConfig: "falcon-v2", canary: true },
    "falcon-1 (version 3) was to be deployed as a canary, from falcon-v2 to falcon-v3",
  ],
  [{ type: "updating", config: "falcon-v3" }, "SageMaker took the order to bring the endpoint to falcon-v3"],
  [{ type: "baking", since: "2026-11-21T09:12:00.000Z" }, "falcon-1 (version 3) got its first traffic: the canary bakes"],
  [{ type: "giving-up", by: "person", reason: "wrong model" }, "grace gave up falcon-1 (version 3): wrong model"],
  [{ type: "giving-up", by: "sagemaker", reason: "alarm silent" }, "SageMaker rolled back falcon-1 (version 3): alarm silent"],
  [{ type: "live", version: 3, config: "falcon-v3", probes: 6 }, "version 3 went live: 6 of 6 answers came from it"],
  [{ type: "failed", reason: "no capacity" }, "falcon-1 (version 3) failed: no capacity"],
  [
    { type: "rolling-back", from: 4, deployment, previousConfig: "falcon-v4", supersedes: "falcon-9", reason: "recall fell" },
    "grace asked to go back from version 4 to version 3 (falcon-9 was given up for it): recall fell",
  ],
  [
    { type: "repairing", version: 3, config: "falcon-v3", previousConfig: "falcon-v2", reason: "it runs falcon-v2" },
    "the endpoint was to be brought back to version 3: it runs falcon-v2",
  ],
  [
    { type: "rolled-back", version: 0, config: "bootstrap", probes: 6, seconds: 2.04 },
    "the bootstrap model answered again 2.0 s later; 6 of 6 answers came from it",
  ],
  [{ type: "noticed", what: "alias", reason: "champion was moved to version 7" }, "noticed: champion was moved to version 7"],
  [{ type: "mirrored", aliases: { champion: 3 } }, "MLflow's aliases were set: champion version 3, challenger none"],
])("%o", (told, said) => {
  expect(next(told)).toEqual([said]);
});

test("a request says who asked, and why once more", () => {
  const requested = { type: "requested", version: 3, settings, settingsDigest: digest } as const;
  expect(next(requested)).toEqual(["grace asked for version 3 to go live: falcon-1"]);
  expect(next({ ...requested, again: "the data was mended" })).toEqual([
    "grace asked for version 3 to go live: falcon-1; once more, because: the data was mended",
  ]);
});

test("passed gates show every number, failed ones what was asked for", () => {
  expect(beginning.slice(1).flatMap((event) => sentence(event, beginning))).toEqual([
    "falcon-1 (version 3) passed 1 gate beside version 2",
    "metric-floor: accuracy 0.8889 on 18 rows",
    "trained by ada",
  ]);
  expect(next({ type: "gates-failed", gates: [floor, worse], champion: null, evidence })).toEqual([
    "falcon-1 (version 3) was refused by 1 of 2 gates, without a champion to compare with",
    "not-worse: accuracy 0.6 (required: accuracy not lower than the champion's)",
  ]);
});

test("a healthy verdict shows what every check found", () => {
  expect(next({ type: "completing", judgement: { ...counted, verdict: "healthy", findings: [errors] } })).toEqual([
    "the judge found falcon-1 (version 3) healthy: the rest of the traffic followed",
    "canary: 1,204 requests to version 3, 1,187 requests to version 2 in 64 s: healthy",
    "server-errors: 0.1 % of 1204 requests, the champion 0 %",
  ]);
});

test("a canary that was given up shows what spoke against it", () => {
  const judgement = { ...counted, verdict: "unhealthy" as const, findings: [errors, latency] };
  expect(next({ type: "giving-up", by: "judge", reason: "latency", judgement })).toEqual([
    "the judge gave up falcon-1 (version 3): latency",
    "canary: 1,204 requests to version 3, 1,187 requests to version 2 in 64 s: unhealthy",
    "latency: delta 0.91; unhealthy, required: Cliff's delta at most 0.33",
  ]);
});

test("what the reason says is not said again under it", () => {
  const judgement = { ...counted, verdict: "unhealthy" as const, findings: [errors, latency] };
  const reason = "latency: delta 0.91 (required: Cliff's delta at most 0.33)";
  expect(next({ type: "giving-up", by: "judge", reason, judgement })).toEqual([
    `the judge gave up falcon-1 (version 3): ${reason}`,
    "canary: 1,204 requests to version 3, 1,187 requests to version 2 in 64 s: unhealthy",
  ]);
});

test("without the events before it, an event names the promotion alone", () => {
  expect(events({ type: "approved", reason: "fine" }).flatMap((event) => sentence(event))).toEqual(["grace approved falcon-1: fine"]);
});

test("an entry has the time, the numbers under the sentence, and the day where it begins", () => {
  expect(beginning.flatMap((event, index) => entry(event, beginning.slice(0, index)))).toEqual([
    "2026-11-21",
    "09:12:00  grace asked for version 3 to go live: falcon-1",
    "09:12:01  falcon-1 (version 3) passed 1 gate beside version 2",
    "            metric-floor: accuracy 0.8889 on 18 rows",
    "            trained by ada",
  ]);
});
