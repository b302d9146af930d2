import type { TreeEnsemble, TreeNode } from "@falconry/model/onnx/tree-ensemble.ts";
import { float32Below } from "./float32.ts";

/** decision_type of a split is a set of bits (LightGBM's tree.h). */
const categoricalBit = 1;
const defaultLeftBit = 2;
const missingTypeShift = 2;
const missingIsZero = 1;
const missingIsNan = 2;

const bitsPerWord = 32;

/**
 * The trees of a model as LightGBM saves it as text (version 4), for inputs that are 32-bit floats: they take the same way through these
 * as through LightGBM's own, missing values too where the column had some when it was fitted.
 *
 * @see https://lightgbm.readthedocs.io and include/LightGBM/tree.h: the text is not documented, a test holds it against LightGBM's answers
 */
export function parseModelText(text: string): TreeEnsemble {
  const [header = "", ...blocks] = text.slice(0, text.indexOf("\nend of trees")).split(/\n+Tree=\d+\n/);
  const outputs = Number(fieldsOf(header).get("num_tree_per_iteration"));
  if (!(outputs >= 1)) throw new Error("the text is no model of LightGBM");
  const trees = blocks.map((block, number) => ({ output: number % outputs, nodes: nodesOf(fieldsOf(block)) }));
  return { trees, bases: new Array<number>(outputs).fill(0) };
}

type Fields = Map<string, string>;

function fieldsOf(block: string): Fields {
  return new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** Splits first, in LightGBM's order, which puts a child behind its parent; then the leaves. */
function nodesOf(fields: Fields): TreeNode[] {
  const numbers = (name: string) => (fields.get(name) || undefined)?.split(" ").map(numberOf) ?? [];
  const leaves = numbers("leaf_value").map((value): TreeNode => ({ type: "leaf", value }));
  // a tree that nothing was split in says only what its one leaf holds
  if (Number(fields.get("num_leaves")) === 1) return leaves.slice(0, 1);
  const [inputs, thresholds, decisions] = [numbers("split_feature"), numbers("threshold"), numbers("decision_type")];
  const [lefts, rights] = [numbers("left_child"), numbers("right_child")];
  const [boundaries, words] = [numbers("cat_boundaries"), numbers("cat_threshold")];
  // a child below 0 is a leaf: -1 the first one, -2 the second
  const child = (index = 0) => (index >= 0 ? index : inputs.length - 1 - index);
  const splits = inputs.map((input, index): TreeNode => {
    const [threshold = 0, decision = 0] = [thresholds[index], decisions[index]];
    const [left, right] = [child(lefts[index]), child(rights[index])];
    if ((decision & categoricalBit) !== 0)
      return {
        type: "categories",
        input,
        categories: categoriesOf(words.slice(boundaries[threshold], boundaries[threshold + 1])),
        left,
        right,
      };
    return {
      type: "threshold",
      input,
      threshold: float32Below(threshold),
      missingGoesLeft: missingGoesLeft(decision),
      left,
      right,
    };
  });
  return [...splits, ...leaves];
}

/** C++ writes the infinity that parts missing values from all others in its own way. */
function numberOf(text: string): number {
  const number = Number(text.replace(/inf$/, "Infinity"));
  if (Number.isNaN(number)) throw new Error(`LightGBM's text holds "${text}" for a number`);
  return number;
}

/** Where a column was never missing, preprocessing imputes; runtimes are faster where nothing is said of missing values. */
function missingGoesLeft(decision: number): boolean {
  const missing = (decision >> missingTypeShift) & 3;
  if (missing === missingIsZero) throw new Error("a model that takes zeros for missing values has no counterpart in ONNX");
  return missing === missingIsNan && (decision & defaultLeftBit) !== 0;
}

function categoriesOf(words: number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: bitsPerWord }, (_, bit) => bit).flatMap((bit) => ((word >>> bit) & 1 ? [index * bitsPerWord + bit] : [])),
  );
}
