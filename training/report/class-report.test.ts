import { expect, test } from "vitest";
import { classReports } from "./class-report.ts";

const actual = ["no", "no", "yes", "yes", "yes", "no"];
const predictions = ["no", "no", "no", "yes", "yes", "yes"];
const probabilities = [0.1, 0.4, 0.35, 0.8, 0.6, 0.7].map((yes) => [1 - yes, yes]);

test("of two classes the second is reported, with the figures that scikit-learn has for it", () => {
  const [report, another] = classReports({ actual, predictions, probabilities, classes: ["no", "yes"] }, 1);
  expect(another).toBeUndefined();
  expect(report).toMatchObject({ name: "yes", rows: 3 });
  expect(report?.precision.value).toBeCloseTo(2 / 3, 12);
  expect(report?.recall.value).toBeCloseTo(2 / 3, 12);
  expect(report?.f1.value).toBeCloseTo(2 / 3, 12);
  expect(report?.averagePrecision.value).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 12);
  expect(report?.brier.value).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04 + 0.16 + 0.49) / 6, 12);
});

test("each figure lies in its interval, and one seed gives one interval", () => {
  const rows = { actual, predictions, probabilities, classes: ["no", "yes"] };
  const [report] = classReports(rows, 1);
  const { precision, recall, f1, averagePrecision, brier, calibrationError } = report ?? {};
  for (const estimate of [precision, recall, f1, averagePrecision, brier, calibrationError]) {
    expect(estimate?.low).toBeLessThanOrEqual(estimate?.value ?? Number.NaN);
    expect(estimate?.high).toBeGreaterThanOrEqual(estimate?.value ?? Number.NaN);
  }
  expect(classReports(rows, 1)).toEqual([report]);
});

test("the interval of the calibration error begins at 0 where the probabilities come true to the row", () => {
  const probabilities = Array.from({ length: 400 }, (_, row) => (row % 10) / 10 + 0.05);
  const answers = probabilities.map((yes, row) => (Math.floor(row / 10) % 20 < Math.round(20 * yes) ? "yes" : "no"));
  const rows = { actual: answers, predictions: answers, probabilities: probabilities.map((yes) => [1 - yes, yes]), classes: ["no", "yes"] };
  const { value = Number.NaN, low, high = Number.NaN } = classReports(rows, 1)[0]?.calibrationError ?? {};
  expect(value).toBeCloseTo(0, 12);
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(0.005);
});

test("three rows of a class that are all right, or all missed, say little", () => {
  const actual = ["a", "a", "a", "b", "b", "b", "c", "c", "c"];
  const predictions = ["a", "a", "a", "c", "c", "c", "c", "c", "c"];
  const probabilities = predictions.map((one) => ["a", "b", "c"].map((other) => Number(one === other)));
  const [a, b] = classReports({ actual, predictions, probabilities, classes: ["a", "b", "c"] }, 1);
  // R's binom.confint(3, 3, method = "wilson"), and what F1 is where it is the share found of either kind
  expect(a?.recall).toEqual({ value: 1, low: expect.closeTo(0.4385, 4), high: 1 });
  expect(a?.f1).toEqual({ value: 1, low: expect.closeTo((2 * 0.4385) / 1.4385, 4), high: 1 });
  expect(b?.recall).toEqual({ value: 0, low: 0, high: expect.closeTo(0.5615, 4) });
  expect(b?.precision).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
});

test("of three classes each is held against the rest; one that no row has has no recall", () => {
  const classes = ["a", "b", "c"];
  const reports = classReports(
    {
      actual: ["a", "b"],
      predictions: ["a", "a"],
      probabilities: [
        [0.8, 0.1, 0.1],
        [0.6, 0.3, 0.1],
      ],
      classes,
    },
    1,
  );
  expect(reports.map(({ name, rows, recall }) => [name, rows, recall.value])).toEqual([
    ["a", 1, 1],
    ["b", 1, 0],
    ["c", 0, Number.NaN],
  ]);
});
