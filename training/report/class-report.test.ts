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
  const { precision, recall, brier } = report ?? {};
  for (const estimate of [precision, recall, brier]) {
    expect(estimate?.low).toBeLessThanOrEqual(estimate?.value ?? Number.NaN);
    expect(estimate?.high).toBeGreaterThanOrEqual(estimate?.value ?? Number.NaN);
  }
  expect(classReports(rows, 1)).toEqual([report]);
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
