import { expect, test } from "vitest";
import { largestDifference, valueDifference } from "./onnx-parity.ts";

const fitted = {
  classes: ["lands", "crashes"],
  probabilities: [
    [0.75, 0.25],
    [0.5, 0.5],
  ],
};

test("the largest difference of any probability counts", () => {
  expect(
    largestDifference(fitted, {
      classes: ["lands", "crashes"],
      probabilities: [
        [0.75, 0.25],
        [0.375, 0.625],
      ],
    }),
  ).toBe(0.125);
});

test("classes are matched by name, not by place", () => {
  expect(
    largestDifference(fitted, {
      classes: ["crashes", "lands"],
      probabilities: [
        [0.25, 0.75],
        [0.5, 0.5],
      ],
    }),
  ).toBe(0);
});

test.each([
  ["another number of rows", { classes: ["lands", "crashes"], probabilities: [[1, 0]] }, "2 rows, the test part 1"],
  [
    "another class",
    { classes: ["lands", "drifts"], probabilities: fitted.probabilities },
    "has classes lands, crashes, the graph lands, drifts",
  ],
  ["a class more", { classes: ["lands", "crashes", "drifts"], probabilities: fitted.probabilities }, "the graph lands, crashes, drifts"],
  [
    "no number",
    {
      classes: ["lands", "crashes"],
      probabilities: [
        [Number.NaN, 0.25],
        [0.5, 0.5],
      ],
    },
    "row 0 has no number for class lands",
  ],
  ["a row cut short", { classes: ["lands", "crashes"], probabilities: [[0.75, 0.25], [0.5]] }, "row 1 has no number for class crashes"],
])("%s cannot be compared", (_, graph, reason) => {
  expect(() => largestDifference(fitted, graph)).toThrow(reason);
});

test("values of a regression are compared as shares of the largest one", () => {
  expect(valueDifference({ predictions: [-200, 100] }, { predictions: [-200, 101] })).toBe(0.005);
  expect(valueDifference({ predictions: [0, 0] }, { predictions: [0, 0.25] })).toBe(0.25);
});

test.each([
  ["another number of rows", [1], "2 rows, the test part 1"],
  ["no number", [1, "none"], "row 1 has no number: none"],
])("values cannot be compared with %s", (_, predictions, reason) => {
  expect(() => valueDifference({ predictions: [1, 2] }, { predictions })).toThrow(reason);
});
