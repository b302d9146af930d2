import { fc, test } from "@fast-check/vitest";
import { describe, expect, vi } from "vitest";
import { OnnxModel } from "../session.ts";
import { classifierGraph } from "./classifier-graph.ts";
import type { Feature } from "./preprocessing.ts";
import { regressorGraph } from "./regressor-graph.ts";
import type { TreeEnsemble, TreeNode } from "./tree-ensemble.ts";

// a property loads a hundred graphs
vi.setConfig({ testTimeout: 60_000 });

const features: Feature[] = [
  { name: "mass", type: "double", impute: Number.NaN, mean: 0, scale: 1 },
  { name: "orbit", type: "string", categories: Array.from({ length: 40 }, (_, place) => `orbit ${place}`), asNumber: true },
];

const row = fc.record({
  mass: fc.option(fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4)),
  orbit: fc.option(fc.nat({ max: 45 }).map((place) => `orbit ${place}`)),
});
const rows = fc.array(row, { minLength: 1, maxLength: 40 });

const split = fc.oneof(
  fc.record({
    type: fc.constant("threshold" as const),
    threshold: fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4),
    missingGoesLeft: fc.boolean(),
  }),
  fc.record({ type: fc.constant("categories" as const), categories: fc.uniqueArray(fc.nat({ max: 39 }), { minLength: 1, maxLength: 30 }) }),
);

/** A tree as deep as it has splits: each one's left child is a leaf. */
const tree = fc.array(fc.tuple(split, fc.integer({ min: -8, max: 8 })), { maxLength: 6 }).map((splits): TreeNode[] => {
  const branches = splits.map(([one], index): TreeNode => {
    const children = { left: splits.length + index, right: index + 1 < splits.length ? index + 1 : 2 * splits.length };
    return one.type === "threshold" ? { ...one, input: 0, ...children } : { ...one, input: 1, ...children };
  });
  return [...branches, ...splits.map(([, value]): TreeNode => ({ type: "leaf", value })), { type: "leaf", value: 0.5 }];
});

/** The value of one tree, by the definition. */
function answerOf(nodes: TreeNode[], inputs: (number | undefined)[], index = 0): number {
  const node = nodes[index];
  if (node === undefined || node.type === "leaf") return node?.value ?? Number.NaN;
  const input = inputs[node.input];
  const goesLeft =
    node.type === "categories"
      ? input !== undefined && node.categories.includes(input)
      : input === undefined
        ? node.missingGoesLeft
        : input <= node.threshold;
  return answerOf(nodes, inputs, goesLeft ? node.left : node.right);
}

test.prop([fc.array(tree, { minLength: 1, maxLength: 4 }), rows])(
  "whatever the trees, the graph takes each row the same way: by thresholds, by sets of categories, where a value is missing or unseen",
  async (trees, asked) => {
    const ensemble: TreeEnsemble = { trees: trees.map((nodes) => ({ output: 0, nodes })), bases: [100] };
    const model = await OnnxModel.load(regressorGraph({ features, estimator: { type: "trees", ensemble }, producer: "test" }));
    const { predictions } = await model.predict({ mass: asked.map(({ mass }) => mass), orbit: asked.map(({ orbit }) => orbit) });
    const expected = asked.map(({ mass, orbit }) => {
      const place = orbit === null ? undefined : Number(orbit.slice("orbit ".length));
      const inputs = [mass ?? undefined, place !== undefined && place < 40 ? place : undefined];
      return 100 + trees.reduce((sum, nodes) => sum + answerOf(nodes, inputs), 0);
    });
    expect(predictions).toEqual(expected);
    await model.close();
  },
);

describe("classes", () => {
  const leaf = (value: number): TreeNode[] => [{ type: "leaf", value }];

  test("two of them have one output, whose sigmoid is the second one's probability", async () => {
    const ensemble = { trees: [{ output: 0, nodes: leaf(Math.log(3)) }], bases: [0] };
    const model = await OnnxModel.load(
      classifierGraph({ features, classes: ["no", "yes"], estimator: { type: "trees", ensemble }, producer: "test" }),
    );
    const { predictions, probabilities } = await model.predict({ mass: [1], orbit: [""] });
    expect(predictions).toEqual(["yes"]);
    expect(probabilities).toEqual([[expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)]]);
  });

  test("more of them have one each, which go through a softmax", async () => {
    const trees = [1, 2, 3].map((weight, output) => ({ output, nodes: leaf(Math.log(weight)) }));
    const estimator = { type: "trees" as const, ensemble: { trees, bases: [0, 0, 0] } };
    const model = await OnnxModel.load(classifierGraph({ features, classes: [5, 6, 7], estimator, producer: "test" }));
    const { predictions, probabilities } = await model.predict({ mass: [1], orbit: [""] });
    expect(predictions).toEqual([7]);
    expect(probabilities).toEqual([[1, 2, 3].map((weight) => expect.closeTo(weight / 6, 6))]);
  });

  test("as many outputs as classes are needed", () => {
    const estimator = { type: "trees" as const, ensemble: { trees: [], bases: [0, 0] } };
    expect(() => classifierGraph({ features, classes: [0, 1], estimator, producer: "test" })).toThrow(
      "2 outputs of trees tell no 2 classes",
    );
  });
});

test.each<[string, TreeNode[]]>([
  ["an input that is not there", [{ type: "categories", input: 2, categories: [1], left: 1, right: 2 }]],
  ["a child that is not there", [{ type: "threshold", input: 0, threshold: 1, missingGoesLeft: false, left: 1, right: 2 }]],
  [
    "a child of two parents",
    [
      { type: "threshold", input: 0, threshold: 1, missingGoesLeft: false, left: 1, right: 2 },
      { type: "threshold", input: 0, threshold: 1, missingGoesLeft: false, left: 2, right: 3 },
      { type: "leaf", value: 1 },
      { type: "leaf", value: 2 },
    ],
  ],
  ["a child before its parent", [{ type: "threshold", input: 0, threshold: 1, missingGoesLeft: false, left: 0, right: 0 }]],
  ["a leaf that is no number", [{ type: "leaf", value: Number.NaN }]],
  ["no node at all", []],
])("a tree with %s is refused", (_, nodes) => {
  const estimator = { type: "trees" as const, ensemble: { trees: [{ output: 0, nodes }], bases: [0] } };
  expect(() => regressorGraph({ features, estimator, producer: "test" })).toThrow(RangeError);
});
