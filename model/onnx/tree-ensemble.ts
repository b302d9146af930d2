import { floats, type GraphBuilder, int, ints, strings } from "./graph.ts";

/** Every leaf's value is added to one of the outputs; what all trees add up to is that output's score. */
export interface TreeEnsemble {
  trees: Tree[];
  /** Added to each output. */
  bases: number[];
}

interface Tree {
  /** The output that it adds to. */
  output: number;
  /** The first is the root; children stand behind their parents. */
  nodes: TreeNode[];
}

export type TreeNode =
  | { type: "leaf"; value: number }
  /** Left where input <= threshold, compared as 32-bit floats. */
  | { type: "threshold"; input: number; threshold: number; missingGoesLeft: boolean; left: number; right: number }
  /** Left where the input is one of the categories; a missing one goes right. */
  | { type: "categories"; input: number; categories: number[]; left: number; right: number };

/** Runtimes take row after row through all trees of an operator: so many stay in a processor's cache meanwhile. */
const treesAtOnce = 12;

/** Adds the nodes that turn a matrix [N, inputs] into scores [N, outputs]. */
export function addTrees(graph: GraphBuilder, matrix: string, { trees, bases }: TreeEnsemble): string {
  const nothing = bases.map(() => 0);
  const parts = [addOperator(graph, matrix, { trees: trees.slice(0, treesAtOnce), bases })];
  for (let start = treesAtOnce; start < trees.length; start += treesAtOnce)
    parts.push(addOperator(graph, matrix, { trees: trees.slice(start, start + treesAtOnce), bases: nothing }));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : graph.node("Sum", parts);
}

function addOperator(graph: GraphBuilder, matrix: string, { trees, bases }: TreeEnsemble): string {
  const table = new NodeTable();
  for (const [number, tree] of trees.entries()) table.add(number, tree);
  return graph.node("TreeEnsembleRegressor", [matrix], {
    domain: "ai.onnx.ml",
    attributes: { n_targets: int(bases.length), base_values: floats(bases), ...table.attributes() },
  });
}

/** @throws RangeError where a node asks for another input, leads nowhere or has two parents */
export function checkTrees({ trees, bases }: TreeEnsemble, inputs: number): void {
  for (const [number, { output, nodes }] of trees.entries()) {
    const seen = new Set<number>();
    const fault = nodes.find((node, index) => {
      if (node.type === "leaf") return !Number.isFinite(node.value);
      const leadsOn = [node.left, node.right].every((child) => child > index && child < nodes.length && !seen.has(child));
      seen.add(node.left).add(node.right);
      return !leadsOn || node.input < 0 || node.input >= inputs || (node.type === "threshold" && Number.isNaN(node.threshold));
    });
    if (fault !== undefined || nodes.length === 0 || output < 0 || output >= bases.length)
      throw new RangeError(`tree ${number} does not fit ${inputs} inputs and ${bases.length} outputs: ${JSON.stringify(fault ?? output)}`);
  }
}

/** ONNX keeps all nodes of all trees as columns of one table, and the leaves' values beside it. */
class NodeTable {
  readonly #tree: number[] = [];
  readonly #id: number[] = [];
  readonly #input: number[] = [];
  readonly #mode: string[] = [];
  readonly #value: number[] = [];
  readonly #missingGoesLeft: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #leaves = { tree: [] as number[], id: [] as number[], output: [] as number[], value: [] as number[] };

  add(tree: number, { output, nodes }: Tree): void {
    // a set of categories becomes a chain of comparisons that lead to the same child: its later links stand behind all other nodes
    let free = nodes.length;
    for (const [id, node] of nodes.entries()) {
      if (node.type === "leaf") {
        this.#row(tree, id, { mode: "LEAF", input: 0, value: 0, missingGoesLeft: false, left: 0, right: 0 });
        this.#leaves.tree.push(tree);
        this.#leaves.id.push(id);
        this.#leaves.output.push(output);
        this.#leaves.value.push(node.value);
      } else if (node.type === "threshold") {
        this.#row(tree, id, { ...node, mode: "BRANCH_LEQ", value: node.threshold });
      } else {
        let link = id;
        for (const [index, category] of node.categories.entries()) {
          const isLast = index === node.categories.length - 1;
          const next = isLast ? node.right : free++;
          this.#row(tree, link, { ...node, mode: "BRANCH_EQ", value: category, missingGoesLeft: false, right: next });
          link = next;
        }
      }
    }
  }

  #row(
    tree: number,
    id: number,
    row: { mode: string; input: number; value: number; missingGoesLeft: boolean; left: number; right: number },
  ): void {
    this.#tree.push(tree);
    this.#id.push(id);
    this.#mode.push(row.mode);
    this.#input.push(row.input);
    this.#value.push(row.value);
    this.#missingGoesLeft.push(Number(row.missingGoesLeft));
    this.#left.push(row.left);
    this.#right.push(row.right);
  }

  attributes() {
    return {
      nodes_treeids: ints(this.#tree),
      nodes_nodeids: ints(this.#id),
      nodes_featureids: ints(this.#input),
      nodes_modes: strings(this.#mode),
      nodes_values: floats(this.#value),
      nodes_missing_value_tracks_true: ints(this.#missingGoesLeft),
      nodes_truenodeids: ints(this.#left),
      nodes_falsenodeids: ints(this.#right),
      target_treeids: ints(this.#leaves.tree),
      target_nodeids: ints(this.#leaves.id),
      target_ids: ints(this.#leaves.output),
      target_weights: floats(this.#leaves.value),
    };
  }
}
