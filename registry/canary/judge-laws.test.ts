import { canarySettings } from "@falconry/model/canary.ts";
import { emptyCounts, latencyBounds, probabilityBounds } from "@falconry/model/serving-metrics.ts";
import { fc, test } from "@fast-check/vitest";
import { sum } from "simple-statistics";
import { expect } from "vitest";
import { judge } from "./judge.ts";
import type { Evidence, Sample } from "./sample.ts";
import { sampleOf } from "./simulated-canary.fixture.ts";
import type { Verdict } from "./verdict.ts";

const settings = canarySettings({});
const health: Verdict[] = ["unhealthy", "inconclusive", "healthy"];

/** Any counts that can be true, large enough to be judged. */
const sample: fc.Arbitrary<Sample> = fc
  .record({
    latency: counts(latencyBounds.length + 1, settings.minimumRequests),
    clientErrors: fc.oneof(fc.constant(0), fc.nat({ max: 100 })),
    serverErrors: fc.oneof(fc.constant(0), fc.nat({ max: 100 })),
    byProbability: counts(probabilityBounds.length, settings.minimumRequests),
    invalidProbability: fc.oneof(fc.constant(0), fc.nat({ max: 20 })),
    ones: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ latency, clientErrors, serverErrors, byProbability, invalidProbability, ones }) => {
    const rows = sum(byProbability) + invalidProbability;
    const byClass = { "0": rows - Math.round(rows * ones), "1": Math.round(rows * ones) };
    const requests = sum(latency) + clientErrors + serverErrors;
    return sampleOf(
      { starts: 0, requests, clientErrors, serverErrors, latency, predictions: { byClass, byProbability, invalidProbability } },
      600,
    );
  });

/** Two of them, often alike: else hardly one would be healthy. */
const pair = fc.oneof(
  sample.map((one): Evidence => ({ champion: one, challenger: one })),
  fc.record<Evidence>({ champion: sample, challenger: sample }),
);

test.prop([sample])("a version is never unhealthy beside itself", (one) => {
  expect(judge({ champion: one, challenger: one }, settings).verdict).not.toBe("unhealthy");
});

test.prop([pair, fc.integer({ min: 1, max: 2000 })])("more 5xx never make it healthier", ({ champion, challenger }, more) => {
  const worse = { ...challenger, requests: challenger.requests + more, serverErrors: challenger.serverErrors + more };
  const [before, after] = [challenger, worse].map((one) => judge({ champion, challenger: one }, settings).verdict);
  expect(health.indexOf(after ?? "healthy")).toBeLessThanOrEqual(health.indexOf(before ?? "unhealthy"));
});

test.prop([pair])("the whole is as bad as its worst part", (evidence) => {
  const { verdict, findings } = judge(evidence, settings);
  expect(health.indexOf(verdict)).toBe(Math.min(...findings.map((finding) => health.indexOf(finding.verdict))));
});

test.prop([pair])("every number that a verdict rests on is one, so that it can be kept", (evidence) => {
  const { findings } = judge(evidence, settings);
  expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
});

test.prop([pair])("whatever the classes are called, the verdict is the same", ({ champion, challenger }) => {
  const turned = (one: Sample): Sample => {
    const byClass = Object.fromEntries(Object.entries(one.predictions.byClass).map(([label, count]) => [`${1 - Number(label)}`, count]));
    return { ...one, predictions: { ...one.predictions, byClass } };
  };
  const renamed = judge({ champion: turned(champion), challenger: turned(challenger) }, settings);
  expect(renamed.verdict).toBe(judge({ champion, challenger }, settings).verdict);
});

test.prop([sample, fc.boolean(), fc.boolean()])("where one has served nothing there is no verdict", (one, asChampion, both) => {
  const nothing = sampleOf(emptyCounts(), 600);
  const [champion, challenger] = both ? [nothing, nothing] : asChampion ? [nothing, one] : [one, nothing];
  expect(judge({ champion, challenger }, settings).verdict).toBe("inconclusive");
});

const impossible = fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, "12");

test.prop([sample, sample, fc.boolean(), fc.nat(), impossible])(
  "one number that is none, wherever it stands, and there is no verdict",
  (one, other, ofChampion, at, value) => {
    const [champion, challenger] = [structuredClone(one), structuredClone(other)];
    const leaves = leavesOf(ofChampion ? champion : challenger);
    const [object, key] = leaves[at % leaves.length] ?? [];
    if (object !== undefined && key !== undefined) Reflect.set(object, key, value);
    expect(judge({ champion, challenger }, settings).verdict).toBe("inconclusive");
  },
);

/** A histogram of few full buckets and at least so many values. */
function counts(length: number, least: number): fc.Arbitrary<number[]> {
  const bucket = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 1000 }) });
  return fc
    .tuple(fc.array(bucket, { minLength: length, maxLength: length }), fc.nat({ max: length - 1 }))
    .map(([all, fullest]) => all.map((count, at) => (at === fullest ? count + least : count)));
}

/** Where every number of a sample stands. */
function leavesOf(value: object): [object, string][] {
  return Object.entries(value).flatMap(([key, inner]): [object, string][] =>
    typeof inner === "object" ? leavesOf(inner) : [[value, key]],
  );
}
