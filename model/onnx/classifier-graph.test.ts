import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { OnnxModel } from "../session.ts";
import { type ClassifierSpec, classifierGraph } from "./classifier-graph.ts";
import type { Feature } from "./preprocessing.ts";

const mass: Feature = { name: "mass", type: "double", impute: 5, mean: 4, scale: 2 };
const block: Feature = { name: "block", type: "double", impute: 1, mean: 0, scale: 1 };
const orbit: Feature = { name: "orbit", type: "string", categories: ["GTO", "ISS"] };

const landing: ClassifierSpec = {
  features: [mass, orbit, block],
  classes: [0, 1],
  estimator: { type: "linear", weights: [[1, 10, 20, 100]], bias: [-3] },
  producer: "test",
};

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

async function answer(spec: ClassifierSpec, columns: Record<string, (number | string | null)[]>) {
  const model = await OnnxModel.load(classifierGraph(spec));
  return model.predict(columns);
}

/** Probability of the second class of one row. */
async function second(spec: ClassifierSpec, mass: number | null, orbit: string | null, block: number | null): Promise<number> {
  const { probabilities } = await answer(spec, { mass: [mass], orbit: [orbit], block: [block] });
  return probabilities?.[0]?.[1] ?? Number.NaN;
}

describe("preprocessing", () => {
  const gentle: ClassifierSpec = { ...landing, estimator: { type: "linear", weights: [[0.1, 0.2, 0.4, 0.8]], bias: [-1] } };

  test("numbers are standardised, categories one-hot, in the order of the features", async () => {
    expect(await second(gentle, 7, "ISS", 0.5)).toBeCloseTo(sigmoid(0.1 * 1.5 + 0.4 + 0.8 * 0.5 - 1), 6);
  });

  test("a missing number takes its imputed value", async () => {
    expect(await second(gentle, null, "GTO", null)).toBe(await second(gentle, 5, "GTO", 1));
  });

  test("an unseen category and a missing one say nothing", async () => {
    const nothing = sigmoid(0.1 * 1.5 + 0.8 - 1);
    expect(await second(gentle, 7, "polar", 1)).toBeCloseTo(nothing, 6);
    expect(await second(gentle, 7, null, 1)).toBeCloseTo(nothing, 6);
  });

  test("a string without categories is asked for and says nothing", async () => {
    const mute: ClassifierSpec = {
      ...landing,
      features: [mass, { name: "orbit", type: "string", categories: [] }],
      estimator: { type: "linear", weights: [[1]], bias: [0] },
    };
    expect(await answer(mute, { mass: [4], orbit: ["GTO"] })).toEqual({ predictions: [0], probabilities: [[0.5, 0.5]] });
  });
});

describe("estimators", () => {
  test.prop([
    fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom("GTO", "ISS", "")), { minLength: 1, maxLength: 40 }),
  ])("one row of weights is a logistic regression", async (rows) => {
    const spec: ClassifierSpec = {
      features: [block, orbit],
      classes: ["lost", "landed"],
      estimator: { type: "linear", weights: [[0.3, 1, -2]], bias: [0.25] },
      producer: "test",
    };
    const { predictions, probabilities } = await answer(spec, { block: rows.map(([value]) => value), orbit: rows.map(([, name]) => name) });
    for (const [row, [value, name]] of rows.entries()) {
      const score = 0.3 * value + (name === "GTO" ? 1 : 0) - (name === "ISS" ? 2 : 0) + 0.25;
      expect(probabilities?.[row]?.[1]).toBeCloseTo(sigmoid(score), 5);
      if (Math.abs(score) > 1e-5) expect(predictions[row]).toBe(score > 0 ? "landed" : "lost");
    }
  });

  test("a row of weights per class is a softmax", async () => {
    const spec: ClassifierSpec = {
      features: [block],
      classes: ["a", "b", "c"],
      estimator: { type: "linear", weights: [[1], [2], [3]], bias: [0, 0, -1] },
      producer: "test",
    };
    const { predictions, probabilities } = await answer(spec, { block: [1, -1] });
    const total = Math.exp(1) + Math.exp(2) + Math.exp(2);
    expect(probabilities?.[0]).toEqual([Math.exp(1) / total, Math.exp(2) / total, Math.exp(2) / total].map((p) => expect.closeTo(p, 6)));
    expect(predictions).toEqual(["b", "a"]);
  });

  test("layers follow each other", async () => {
    const spec: ClassifierSpec = {
      features: [block],
      classes: [10, 20],
      estimator: {
        type: "mlp",
        layers: [
          { weights: [[1, -1]], bias: [0, 0], activation: "relu" },
          { weights: [[2], [4]], bias: [-3], activation: "sigmoid" },
        ],
      },
      producer: "test",
    };
    const { predictions, probabilities } = await answer(spec, { block: [1, -1] });
    expect(predictions).toEqual([10, 20]);
    expect(probabilities).toEqual([
      [expect.closeTo(sigmoid(1), 6), expect.closeTo(sigmoid(-1), 6)],
      [expect.closeTo(sigmoid(-1), 6), expect.closeTo(sigmoid(1), 6)],
    ]);
  });

  test("a constant answers every row, whatever the row holds", async () => {
    const constant: ClassifierSpec = { ...landing, estimator: { type: "constant", probabilities: [0.25, 0.75] } };
    expect(await answer(constant, { mass: [1, null, 3], orbit: ["GTO", "", null], block: [null, 1, 2] })).toEqual({
      predictions: [1, 1, 1],
      probabilities: [
        [0.25, 0.75],
        [0.25, 0.75],
        [0.25, 0.75],
      ],
    });
  });

  describe("calibrated", () => {
    const calibration = { type: "calibrated", smallest: 1e-6 } as const;
    const clipped = (probability: number) => Math.log(Math.max(probability, 1e-6));

    test("two classes' probabilities go through a sigmoid of their logarithms, certain ones too", async () => {
      const inner: ClassifierSpec["estimator"] = { type: "linear", weights: [[1]], bias: [0] };
      const spec: ClassifierSpec = {
        features: [block],
        classes: [0, 1],
        estimator: { ...calibration, inner, weights: [[-0.5, 0.25]], bias: [0.5] },
        producer: "test",
      };
      const scores = [-1e6, -40, -16, -3, 0, 2, 15, 100, 1e30];
      const { probabilities } = await answer(spec, { block: scores });
      const expected = scores.map((score) => sigmoid(-0.5 * clipped(sigmoid(-score)) + 0.25 * clipped(sigmoid(score)) + 0.5));
      expect(probabilities).toEqual(expected.map((second) => [expect.closeTo(1 - second, 6), expect.closeTo(second, 6)]));
    });

    test("several classes' through a softmax", async () => {
      const weights = [
        [0.5, 0, 0.1],
        [0, 0.7, 0],
        [0, 0, 0.4],
      ];
      const inner: ClassifierSpec["estimator"] = { type: "linear", weights: [[1], [2], [-1]], bias: [0, 0, 0] };
      const spec: ClassifierSpec = {
        features: [block],
        classes: [0, 1, 2],
        estimator: { ...calibration, inner, weights, bias: [0, 1, 0] },
        producer: "test",
      };
      const values = [-500, -1, 0, 3, 500];
      const { probabilities } = await answer(spec, { block: values });
      const shares = (numbers: number[]) => {
        const powers = numbers.map((number) => Math.exp(number - Math.max(...numbers)));
        return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
      };
      const expected = values.map((value) => {
        const logs = shares([value, 2 * value, -value]).map(clipped);
        return shares(weights.map((row, label) => row.reduce((sum, weight, at) => sum + weight * (logs[at] ?? 0), label === 1 ? 1 : 0)));
      });
      expect(probabilities).toEqual(expected.map((row) => row.map((probability) => expect.closeTo(probability, 6))));
    });
  });

  test("equal probabilities go to the first class", async () => {
    const undecided: ClassifierSpec = { ...landing, estimator: { type: "constant", probabilities: [0.5, 0.5] } };
    expect((await answer(undecided, { mass: [1], orbit: [""], block: [1] })).predictions).toEqual([0]);
  });
});

describe("a threshold", () => {
  const said = (threshold: ClassifierSpec["threshold"]): ClassifierSpec => ({
    features: [block],
    classes: ["no", "yes"],
    estimator: { type: "linear", weights: [[1]], bias: [0] },
    producer: "test",
    ...(threshold && { threshold }),
  });
  const logit = (probability: number) => Math.log(probability / (1 - probability));

  test.each<[ClassifierSpec["threshold"], string[]]>([
    [{ label: 1, above: 0.25 }, ["no", "yes", "yes", "yes"]],
    [{ label: 1, above: 0.75 }, ["no", "no", "no", "yes"]],
    [{ label: 0, above: 0.25 }, ["no", "no", "no", "yes"]],
    [undefined, ["no", "no", "yes", "yes"]],
  ])("%j decides, and the probabilities stay", async (threshold, expected) => {
    const probabilities = [0.2, 0.3, 0.7, 0.8];
    const { predictions, probabilities: given } = await answer(said(threshold), { block: probabilities.map(logit) });
    expect(predictions).toEqual(expected);
    expect(given?.map(([, second]) => second)).toEqual(probabilities.map((one) => expect.closeTo(one, 6)));
  });

  test("is not reached by a probability that equals it", async () => {
    expect((await answer(said({ label: 1, above: 0.5 }), { block: [0] })).predictions).toEqual(["no"]);
    expect((await answer(said({ label: 0, above: 0.5 }), { block: [0] })).predictions).toEqual(["yes"]);
  });

  test("between three classes is refused", () => {
    const spec: ClassifierSpec = {
      ...said({ label: 1, above: 0.5 }),
      classes: [0, 1, 2],
      estimator: { type: "constant", probabilities: [1, 0, 0] },
    };
    expect(() => classifierGraph(spec)).toThrow("a threshold decides between two classes");
  });
});

describe("what does not fit is refused", () => {
  test("a feature that is named like an output", () => {
    const spec: ClassifierSpec = { ...landing, features: [{ ...mass, name: "probability_1" }] };
    expect(() => classifierGraph(spec)).toThrow(
      expect.objectContaining({ code: "model.reserved-name", message: expect.stringContaining('"probability_1"') }),
    );
  });

  test("two features of one name", () => {
    expect(() => classifierGraph({ ...landing, features: [mass, mass] })).toThrow('two values named "mass"');
  });

  test("weights for another number of inputs", () => {
    expect(() => classifierGraph({ ...landing, features: [mass] })).toThrow("layer 1 must have finite weights 1 x 1");
  });

  test("a weight that is no number", () => {
    const spec: ClassifierSpec = { ...landing, estimator: { type: "linear", weights: [[1, Number.NaN, 1, 1]], bias: [0] } };
    expect(() => classifierGraph(spec)).toThrow(RangeError);
  });

  test("a last layer that gives no probabilities", () => {
    const spec: ClassifierSpec = {
      ...landing,
      features: [mass],
      estimator: { type: "mlp", layers: [{ weights: [[1, 1]], bias: [0, 0], activation: "none" }] },
    };
    expect(() => classifierGraph(spec)).toThrow("softmax over 2 classes or in one sigmoid");
  });

  test("classes that mix numbers and names", () => {
    expect(() => classifierGraph({ ...landing, classes: [0, "landed"] })).toThrow("either all integers or all strings");
  });
});
