import { seededRandom } from "@falconry/model/seeded-random.ts";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { calibrated, fitCalibration } from "./calibration.ts";

const random = seededRandom(7);

/** Probabilities of so many classes, and of each row a class drawn by them. */
function drawn(count: number, classes: number): { truth: number[][]; labels: number[] } {
  const truth = Array.from({ length: count }, () => shares(Array.from({ length: classes }, () => 4 * random())));
  const labels = truth.map((row) => {
    const at = random();
    const upTo = row.map((_, label) => row.slice(0, label + 1).reduce((sum, probability) => sum + probability, 0));
    const label = upTo.findIndex((share) => at < share);
    return label < 0 ? classes - 1 : label;
  });
  return { truth, labels };
}

/** Softmax. */
function shares(scores: number[]): number[] {
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** As a model says them that is too sure of itself. */
function sharpened(rows: number[][], factor: number): number[][] {
  return rows.map((row) => shares(row.map((probability) => factor * Math.log(probability))));
}

function largestDifference(one: number[][], other: number[][]): number {
  return Math.max(...one.flatMap((row, index) => row.map((value, column) => Math.abs(value - (other[index]?.[column] ?? Number.NaN)))));
}

describe.for([2, 3])("of %i classes", (classes) => {
  const { truth, labels } = drawn(4000, classes);

  test.for([
    ["too sure of itself", 3],
    ["not sure enough", 0.3],
    ["right already", 1],
  ] as const)("a model that is %s comes to say what comes true", async ([, factor]) => {
    const said = sharpened(truth, factor);
    const { apply } = await fitCalibration(said, labels);
    expect(largestDifference(apply(said), truth)).toBeLessThan(0.06);
    if (factor !== 1) expect(largestDifference(said, truth)).toBeGreaterThan(0.2);
  });

  test("each row adds up to 1, also one of certainties", async () => {
    const { apply } = await fitCalibration(sharpened(truth, 3), labels);
    const certain = Array.from({ length: classes }, (_, label) => Array.from({ length: classes }, (_, other) => Number(label === other)));
    for (const row of apply(certain)) expect(row.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  });
});

propertyTest.prop([fc.array(fc.tuple(fc.constantFrom(0, 1e-9, 0.01, 0.3, 0.5, 0.9, 1), fc.boolean()), { minLength: 4, maxLength: 60 })])(
  "of two classes a higher probability stays the higher one, whatever the rows",
  async (drawnRows) => {
    const labels = [0, 1, ...drawnRows.map(([, positive]) => Number(positive))];
    const said = [0.2, 0.8, ...drawnRows.map(([probability]) => probability)].map((second) => [1 - second, second]);
    const { apply } = await fitCalibration(said, labels);
    const ladder = apply([0, 1e-7, 0.1, 0.4, 0.6, 0.95, 1].map((second) => [1 - second, second])).map(([, second = Number.NaN]) => second);
    for (const [step, value] of ladder.entries()) expect(value).toBeGreaterThanOrEqual((ladder[step - 1] ?? 0) - 1e-12);
  },
);

test("a model that is worse than a coin is not turned round: it is said to know nothing", async () => {
  const labels = Array.from({ length: 200 }, (_, row) => row % 2);
  const { apply } = await fitCalibration(
    labels.map((label) => (label === 1 ? [0.8, 0.2] : [0.2, 0.8])),
    labels,
  );
  for (const row of apply([
    [0.8, 0.2],
    [0.1, 0.9],
  ]))
    expect(row[1]).toBeCloseTo(0.5, 6);
});

test("the same for everybody stays so, and a mean has no probabilities", async () => {
  const labels = [0, 0, 0, 1];
  const calibration = await fitCalibration(
    labels.map(() => [0.5, 0.5]),
    labels,
  );
  const constant = calibrated({ type: "constant", probabilities: [0.5, 0.5] }, calibration);
  expect(constant).toEqual({ type: "constant", probabilities: [expect.closeTo(0.75, 6), expect.closeTo(0.25, 6)] });
  expect(() => calibrated({ type: "mean", value: 1 }, calibration)).toThrow(RangeError);
});
