import { rocAuc } from "@falconry/model/metrics.ts";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { averagePrecision, calibration, calibrationError, precisionRecallCurve, rocCurve } from "./curves.ts";

// scikit-learn 1.5: roc_curve, precision_recall_curve, average_precision_score of these six rows
const isPositive = [false, false, true, true, true, false];
const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.2];

const rows = fc.array(fc.record({ positive: fc.boolean(), score: fc.constantFrom(0, 0.1, 0.2, 0.5, 0.7, 1) }), {
  minLength: 1,
  maxLength: 40,
});

test("the ROC curve has a point for each threshold, rows with one score together", () => {
  expect(rocCurve(isPositive, scores)).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 1 / 3 },
    { x: 1 / 3, y: 2 / 3 },
    { x: 1 / 3, y: 1 },
    { x: 2 / 3, y: 1 },
    { x: 1, y: 1 },
  ]);
});

propertyTest.prop([rows])("the area under the ROC curve's lines is the AUC", (drawn) => {
  const positive = drawn.map((row) => row.positive);
  const scored = drawn.map((row) => row.score);
  const auc = rocAuc(positive, scored);
  const curve = rocCurve(positive, scored);
  const area = curve.slice(1).reduce((sum, { x, y }, at) => sum + ((x - (curve[at]?.x ?? 0)) * (y + (curve[at]?.y ?? 0))) / 2, 0);
  if (!Number.isNaN(auc)) expect(area).toBeCloseTo(auc, 12);
});

test("precision beside recall, from the highest score on", () => {
  expect(precisionRecallCurve(isPositive, scores)).toEqual([
    { x: 1 / 3, y: 1 },
    { x: 2 / 3, y: 2 / 3 },
    { x: 1, y: 3 / 4 },
    { x: 1, y: 3 / 5 },
    { x: 1, y: 3 / 6 },
  ]);
  expect(averagePrecision(isPositive, scores)).toBeCloseTo(1 / 3 + 2 / 9 + 1 / 4, 12);
});

describe("calibration", () => {
  test("holds the share of positives against the mean probability of each tenth", () => {
    expect(calibration([true, false, true, true], [0.91, 0.93, 0.2, 1])).toEqual([
      { predicted: 0.2, observed: 1, rows: 1 },
      { predicted: expect.closeTo((0.91 + 0.93 + 1) / 3, 12), observed: 2 / 3, rows: 3 },
    ]);
  });

  propertyTest.prop([rows])("its error lies in [0, 1], and counts every row once", (drawn) => {
    const positive = drawn.map((row) => row.positive);
    const scored = drawn.map((row) => row.score);
    const error = calibrationError(positive, scored);
    expect(error).toBeGreaterThanOrEqual(0);
    expect(error).toBeLessThanOrEqual(1);
    expect(calibration(positive, scored).reduce((sum, bin) => sum + bin.rows, 0)).toBe(drawn.length);
  });
});

test("of rows of one class there is no curve", () => {
  expect(rocCurve([true, true], [0.1, 0.2])).toHaveLength(2);
  expect(precisionRecallCurve([false], [0.1])).toEqual([]);
  expect(averagePrecision([false], [0.1])).toBeNaN();
});
