import { canarySettings } from "@falconry/model/canary.ts";
import { bucketOf, emptyCounts, latencyBounds, probabilityBounds } from "@falconry/model/serving-metrics.ts";
import { describe, expect, test } from "vitest";
import { atEnd, judge } from "./judge.ts";
import type { Evidence, Sample } from "./sample.ts";
import { sampleOf } from "./simulated-canary.fixture.ts";

const settings = canarySettings({});

/** What a version served in ten minutes: 1,000 requests of one row, but for what a test says otherwise. */
interface Served {
  ok?: number;
  serverErrors?: number;
  clientErrors?: number;
  milliseconds?: number;
  /** Of the successful ones, those that take 100 ms. */
  hanging?: number;
  rows?: Record<string, number>;
  /** Of the rows, those whose probability is NaN; the others have `probability`. */
  invalid?: number;
  probability?: number | undefined;
  seconds?: number;
}

function served({
  ok = 1000,
  serverErrors = 0,
  clientErrors = 0,
  milliseconds = 4,
  hanging = 0,
  invalid = 0,
  seconds = 600,
  ...rest
}: Served = {}): Sample {
  const byClass = rest.rows ?? { "0": Math.round(0.3 * ok), "1": ok - Math.round(0.3 * ok) };
  const rows = Object.values(byClass).reduce((sum, count) => sum + count, 0);
  const counts = emptyCounts();
  Object.assign(counts, { requests: ok + serverErrors + clientErrors, serverErrors, clientErrors });
  counts.latency[bucketOf(latencyBounds, milliseconds)] = ok - hanging;
  counts.latency[bucketOf(latencyBounds, 100)] = hanging;
  counts.predictions.byClass = byClass;
  counts.predictions.invalidProbability = invalid;
  const probability = "probability" in rest ? rest.probability : 0.9;
  if (probability !== undefined) counts.predictions.byProbability[bucketOf(probabilityBounds, probability)] = rows - invalid;
  return sampleOf(counts, seconds);
}

function findingOf(name: string, evidence: Evidence) {
  return judge(evidence, settings).findings.find((finding) => finding.name === name);
}

test("what serves as the champion does is healthy, by every check", () => {
  const { verdict, findings } = judge({ champion: served(), challenger: served() }, settings);
  expect(verdict).toBe("healthy");
  expect(findings.map((finding) => [finding.name, finding.verdict])).toEqual(
    ["window", "server-errors", "client-errors", "invalid-probabilities", "latency", "class-shift", "probability-shift"].map((name) => [
      name,
      "healthy",
    ]),
  );
});

test("a verdict says what it rests on", () => {
  const evidence = { champion: served({ ok: 998, serverErrors: 2 }), challenger: served({ ok: 970, serverErrors: 30 }) };
  expect(findingOf("server-errors", evidence)).toEqual({
    name: "server-errors",
    verdict: "unhealthy",
    measured: "3.00 % of 1000 requests, the champion 0.20 % of 1000; at most 4.06 % more",
    required: "a share at most 1.00 % above the champion's, of 300 or more each",
    numbers: {
      champion: 0.002,
      challenger: 0.03,
      measured: expect.closeTo(0.028),
      atMost: expect.closeTo(0.0406, 4),
      p: expect.closeTo(1.6e-7, 6),
      margin: 0.01,
    },
  });
});

test("5xx do not hide 4xx", () => {
  const evidence = { champion: served(), challenger: served({ ok: 475, clientErrors: 25, serverErrors: 500 }) };
  expect(findingOf("client-errors", evidence)).toMatchObject({ verdict: "unhealthy", numbers: { challenger: 0.05 } });
});

describe("unhealthy, by one check alone", () => {
  test.for<[string, string, Served]>([
    ["2 % 5xx", "server-errors", { ok: 980, serverErrors: 20 }],
    ["nothing but 5xx", "server-errors", { ok: 0, serverErrors: 1000 }],
    ["5 % 4xx", "client-errors", { ok: 950, clientErrors: 50 }],
    ["NaN for 2 % of its predictions", "invalid-probabilities", { invalid: 20 }],
    ["3 times as slow", "latency", { milliseconds: 12 }],
    ["hanging for two fifths of its requests", "latency", { hanging: 400 }],
    ["one class for everything", "class-shift", { rows: { "1": 1000 } }],
    ["a class that the champion does not know", "class-shift", { rows: { "0": 300, "1": 500, "2": 200 } }],
    ["no probabilities any more", "probability-shift", { probability: undefined }],
    ["another probability for everything", "probability-shift", { probability: 0.52 }],
  ])("%s", ([, name, challenger]) => {
    const { verdict, findings } = judge({ champion: served(), challenger: served(challenger) }, settings);
    expect(verdict).toBe("unhealthy");
    expect(findings.filter((finding) => finding.verdict === "unhealthy").map((finding) => finding.name)).toEqual([name]);
  });

  test("wrong where the truth has arrived", () => {
    const truths = { champion: { correct: 170, total: 200 }, challenger: { correct: 120, total: 200 } };
    const { verdict, findings } = judge({ champion: served(), challenger: served(), truths }, settings);
    expect(verdict).toBe("unhealthy");
    expect(findings.at(-1)).toMatchObject({ name: "accuracy", verdict: "unhealthy", numbers: { champion: 0.15, challenger: 0.4 } });
  });
});

describe("a container that died took what it had counted with it", () => {
  const died = (starts: number): Sample => ({ ...served(), starts });

  test("the challenger's: unhealthy, whatever the others counted", () => {
    const { verdict, findings } = judge({ champion: died(0), challenger: died(1) }, settings);
    expect(verdict).toBe("unhealthy");
    expect(findings.filter((finding) => finding.verdict === "unhealthy")).toMatchObject([
      { name: "restarts", measured: "1 containers died, 0 of the champion's", numbers: { champion: 0, challenger: 1 } },
    ]);
  });

  test("also where there is nothing else to judge by", () => {
    const challenger = { ...died(1), requests: Number.NaN };
    const { verdict, findings } = judge({ champion: died(0), challenger }, settings);
    expect(verdict).toBe("unhealthy");
    expect(findings.map(({ name }) => name)).toEqual(["window", "restarts"]);
  });

  test.for([
    [1, 0],
    [1, 1],
  ])("%i of the champion's and %i of the challenger's are the machines' fault", ([champion = 0, challenger = 0]) => {
    expect(judge({ champion: died(champion), challenger: died(challenger) }, settings).verdict).toBe("healthy");
  });
});

describe("what is no harm is no reason", () => {
  test.for<[string, Served, Served]>([
    ["errors that both have", { ok: 900, serverErrors: 100 }, { ok: 895, serverErrors: 105 }],
    ["a challenger that is better in all", { ok: 900, serverErrors: 100, milliseconds: 40 }, {}],
    ["one bucket slower", { milliseconds: 6 }, { milliseconds: 8 }],
    ["a few points of a class", { rows: { "0": 300, "1": 700 } }, { rows: { "0": 320, "1": 680 } }],
    ["models that both give no probabilities", { probability: undefined }, { probability: undefined }],
  ])("%s", ([, champion, challenger]) => {
    expect(judge({ champion: served(champion), challenger: served(challenger) }, settings).verdict).not.toBe("unhealthy");
  });
});

describe("too little to tell is inconclusive", () => {
  test("less than the minimum time", () => {
    const evidence = { champion: served({ seconds: 119 }), challenger: served({ seconds: 119, ok: 0, serverErrors: 1000 }) };
    expect(judge(evidence, settings)).toMatchObject({ verdict: "inconclusive", findings: [{ name: "window", measured: "119 s" }] });
  });

  test.for<[string, Served, Served]>([
    ["fewer requests than the minimum to the challenger", {}, { ok: 299 }],
    ["fewer requests than the minimum to the champion", { ok: 299 }, {}],
    ["no requests to the challenger", {}, { ok: 0 }],
    ["as many errors as the margin, which chance may have spared", {}, { ok: 990, serverErrors: 10 }],
    [
      "models that name no class",
      { rows: { "(other)": 1000 }, probability: undefined },
      { rows: { "(other)": 1000 }, probability: undefined },
    ],
    ["as many slow requests as may be too many", {}, { hanging: 320 }],
    ["answers without predictions", {}, { rows: {} }],
  ])("%s", ([, champion, challenger]) => {
    expect(judge({ champion: served(champion), challenger: served(challenger) }, settings).verdict).toBe("inconclusive");
  });

  test("many rows of few requests, which may be much alike", () => {
    const champion = served({ ok: 300, rows: { "0": 30_000, "1": 70_000 } });
    const challenger = served({ ok: 300, rows: { "0": 40_500, "1": 59_500 } });
    expect(findingOf("class-shift", { champion, challenger })?.verdict).toBe("inconclusive");
  });

  test("predictions for fewer answers than the minimum", () => {
    const evidence = { champion: served(), challenger: served({ rows: { "0": 90, "1": 209 } }) };
    for (const name of ["class-shift", "probability-shift"]) expect(findingOf(name, evidence)?.verdict).toBe("inconclusive");
  });

  test("fewer truths than the minimum", () => {
    const truths = { champion: { correct: 90, total: 100 }, challenger: { correct: 10, total: 99 } };
    expect(judge({ champion: served(), challenger: served(), truths }, settings).verdict).toBe("inconclusive");
  });
});

describe("what can't be is inconclusive, with the reason", () => {
  test.for<[string, Sample, string]>([
    ["another window", { ...served(), from: 10_000 }, "challenger: it is not of the champion's window"],
    ["a counter that nobody sent", { ...served(), serverErrors: Number.NaN }, "challenger.serverErrors: "],
    ["a bucket that was lost", { ...served(), requests: 1001 }, "challenger.latency: 1000 requests were timed, 1001 answered with success"],
    ["more errors than requests", { ...served(), serverErrors: 1001 }, "challenger.latency: "],
    ["a row without its probability", served({ rows: { "0": 300, "1": 700 }, invalid: -1 }), "challenger.predictions.invalidProbability: "],
    ["half a request", { ...served(), clientErrors: 0.5 }, "challenger.clientErrors: "],
    ["a bucket too few", { ...served(), latency: [1000] }, "challenger.latency: "],
  ])("%s", ([, challenger, reason]) => {
    expect(judge({ champion: served(), challenger }, settings)).toMatchObject({
      verdict: "inconclusive",
      findings: [{ name: "window", measured: expect.stringContaining(reason), numbers: {} }],
    });
  });

  test("more correct than there are", () => {
    const truths = { champion: { correct: 90, total: 100 }, challenger: { correct: 101, total: 100 } };
    expect(judge({ champion: served(), challenger: served(), truths }, settings).verdict).toBe("inconclusive");
  });
});

test.each([
  ["healthy", "complete"],
  ["unhealthy", "roll-back"],
  ["inconclusive", "roll-back"],
] as const)("%s to the end: %s", (verdict, outcome) => {
  expect(atEnd(verdict)).toBe(outcome);
});
