import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  accuracy,
  balancedAccuracy,
  brierScore,
  confusionMatrix,
  correct,
  logLoss,
  meanAbsoluteError,
  rocAuc,
  rootMeanSquaredError,
  rSquared,
} from "./metrics.ts";

const classes = ["lost", "landed", "unknown"];
const labelled = fc.array(fc.tuple(fc.constantFrom(...classes), fc.constantFrom(...classes)), { minLength: 1, maxLength: 60 });
const scored = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -20, max: 20 })), { minLength: 2, maxLength: 60 });

/** Computed with scikit-learn 1.9.1 on the same rows. */
describe("the same as scikit-learn", () => {
  const actual = [0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 2, 2];
  const predicted = [0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 2, 1];
  const confusion = confusionMatrix(actual, predicted, [0, 1, 2]);

  test("confusion_matrix", () => {
    expect(confusion).toEqual([
      [3, 1, 0],
      [2, 4, 0],
      [0, 1, 1],
    ]);
  });

  test("accuracy_score and balanced_accuracy_score", () => {
    expect(accuracy(confusion)).toBeCloseTo(0.6666666666666666, 12);
    expect(balancedAccuracy(confusion)).toBeCloseTo(0.6388888888888888, 12);
  });

  test("roc_auc_score, with ties across the classes", () => {
    const isPositive = [true, false, true, true, false, false, true, false];
    expect(rocAuc(isPositive, [0.9, 0.4, 0.4, 0.7, 0.7, 0.1, 0.4, 0.35])).toBeCloseTo(0.78125, 12);
  });

  test("log_loss, with a probability of 0 for what happened", () => {
    const probabilities = [
      [0.7, 0.2, 0.1],
      [0.1, 0.8, 0.1],
      [0.3, 0.3, 0.4],
      [1, 0, 0],
      [0.2, 0.5, 0.3],
    ];
    expect(logLoss([0, 1, 2, 1, 2], probabilities, [0, 1, 2])).toBeCloseTo(7.748747084114038, 9);
  });
});

describe("laws", () => {
  test.prop([labelled])("accuracy is the trace over the total", (rows) => {
    const confusion = confusionMatrix(
      rows.map(([actual]) => actual),
      rows.map(([, predicted]) => predicted),
      classes,
    );
    const right = rows.filter(([actual, predicted]) => actual === predicted).length;
    expect(correct(confusion)).toBe(right);
    expect(accuracy(confusion)).toBe(right / rows.length);
  });

  test.prop([labelled])("always the same answer has the balanced accuracy of a guess among the classes that occur", (rows) => {
    const actual = rows.map(([label]) => label);
    const confusion = confusionMatrix(actual, new Array(rows.length).fill(actual[0]), classes);
    expect(balancedAccuracy(confusion)).toBeCloseTo(1 / new Set(actual).size, 12);
  });

  test.prop([scored])("AUC only sees the order of the scores", (rows) => {
    const isPositive = rows.map(([positive]) => positive);
    const scores = rows.map(([, score]) => score);
    expect(
      rocAuc(
        isPositive,
        scores.map((score) => Math.exp(score / 7) - 3),
      ),
    ).toEqual(rocAuc(isPositive, scores));
  });

  test.prop([scored])("AUC of the opposite scores is the rest to 1", (rows) => {
    const isPositive = rows.map(([positive]) => positive);
    const area = rocAuc(
      isPositive,
      rows.map(([, score]) => score),
    );
    const opposite = rocAuc(
      isPositive,
      rows.map(([, score]) => -score),
    );
    if (new Set(isPositive).size === 2) expect(area + opposite).toBeCloseTo(1, 12);
    else expect(area).toBeNaN();
  });
});

test("AUC of a score that is NaN is NaN, never a number that would pass", () => {
  expect(rocAuc([true, false], [0.9, Number.NaN])).toBeNaN();
});

test("metrics of no rows are NaN", () => {
  const nothing = confusionMatrix([], [], classes);
  expect([accuracy(nothing), balancedAccuracy(nothing), rocAuc([], []), logLoss([], [], classes)]).toEqual(new Array(4).fill(Number.NaN));
});

test("the Brier score is scikit-learn's, of two classes and of more", () => {
  // brier_score_loss of scikit-learn 1.9.1
  const two = [0.1, 0.9, 0.8, 0.35].map((second) => [1 - second, second]);
  expect(brierScore([0, 1, 1, 0], two, [0, 1])).toBeCloseTo((0.01 + 0.01 + 0.04 + 0.1225) / 4, 12);
  expect(
    brierScore(
      ["a", "b"],
      [
        [0.7, 0.2, 0.1],
        [0.3, 0.3, 0.4],
      ],
      ["a", "b", "c"],
    ),
  ).toBeCloseTo((0.14 + 0.74) / 2, 12);
  expect(brierScore([], [], classes)).toBeNaN();
});

test("a label that is none of the classes is refused", () => {
  expect(() => confusionMatrix(["lost"], ["exploded"], classes)).toThrow("row 0: lost predicted as exploded");
  expect(() => logLoss(["exploded"], [[1, 0, 0]], classes)).toThrow("row 0: no probability of exploded");
});

describe("of a regression", () => {
  const actual = [3, -0.5, 2, 7, 4.25];
  const predicted = [2.5, 0, 2, 8, 5];

  test("the same as scikit-learn", () => {
    // root_mean_squared_error, mean_absolute_error and r2_score of scikit-learn 1.7
    expect(rootMeanSquaredError(actual, predicted)).toBeCloseTo(0.6422616289332564, 12);
    expect(meanAbsoluteError(actual, predicted)).toBeCloseTo(0.55, 12);
    expect(rSquared(actual, predicted)).toBeCloseTo(0.9328175895765473, 12);
  });

  test("the mean explains nothing, the truth everything, and a constant target leaves nothing to explain", () => {
    expect(
      rSquared(
        actual,
        actual.map(() => 3.15),
      ),
    ).toBeCloseTo(0, 12);
    expect(rSquared(actual, actual)).toBe(1);
    expect(rSquared([2, 2], [1, 3])).toBeNaN();
  });

  test("of no rows there is no error to tell", () => {
    expect([rootMeanSquaredError([], []), meanAbsoluteError([], []), rSquared([], [])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("as many predictions as rows are needed", () => {
    expect(() => meanAbsoluteError([1, 2], [1])).toThrow("2 values, 1 predictions");
  });
});
