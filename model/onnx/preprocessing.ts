import { float, floats, floatTensor, type GraphBuilder, int, int64Tensor, ints, strings } from "./graph.ts";

/** A number that is missing (NaN) becomes `impute`; then it is standardised: (x - mean) / scale. */
interface NumberFeature {
  name: string;
  type: "double";
  impute: number;
  mean: number;
  /** Above 0; 1 where the column is constant. */
  scale: number;
}

/** One column per category, 1 where the value is that category. A missing ("") or unseen value is 0 in all of them. */
interface StringFeature {
  name: string;
  type: "string";
  /** May be empty: the column is then asked for but says nothing. */
  categories: string[];
}

export type Feature = NumberFeature | StringFeature;

/** How many of the estimator's inputs the features become. */
export function width(features: Feature[]): number {
  return features.reduce((total, feature) => total + (feature.type === "double" ? 1 : feature.categories.length), 0);
}

/** Adds the nodes that turn the named inputs into one matrix [N, width], columns in the order of the features. */
export function addPreprocessing(graph: GraphBuilder, features: Feature[]): string {
  const blocks = blocksOf(features).map((block) =>
    block.type === "numbers" ? addNumbers(graph, block.features) : addCategories(graph, block.feature),
  );
  if (blocks.length === 0) throw new RangeError("the features give the estimator no input");
  return blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : graph.node("Concat", blocks, { attributes: { axis: int(1) } });
}

type Block = { type: "numbers"; features: NumberFeature[] } | { type: "categories"; feature: StringFeature };

/** Neighbouring numbers are treated together: fewer nodes to run. */
function blocksOf(features: Feature[]): Block[] {
  const blocks: Block[] = [];
  for (const feature of features) {
    const last = blocks.at(-1);
    if (feature.type === "string") {
      if (feature.categories.length > 0) blocks.push({ type: "categories", feature });
    } else if (last?.type === "numbers") last.features.push(feature);
    else blocks.push({ type: "numbers", features: [feature] });
  }
  return blocks;
}

function addNumbers(graph: GraphBuilder, features: NumberFeature[]): string {
  const end = graph.node(
    "Concat",
    features.map(({ name }) => name),
    { attributes: { axis: int(0) } },
  );
  const rows = graph.node("Reshape", [end, graph.constant(int64Tensor([2], [features.length, -1]))]);
  const columns = graph.node("Transpose", [rows], { attributes: { perm: ints([1, 0]) } });
  const whole = graph.node("Imputer", [columns], {
    domain: "ai.onnx.ml",
    attributes: { imputed_value_floats: floats(features.map(({ impute }) => impute)), replaced_value_float: float(Number.NaN) },
  });
  const centred = graph.node("Sub", [
    whole,
    graph.constant(
      floatTensor(
        [features.length],
        features.map(({ mean }) => mean),
      ),
    ),
  ]);
  return graph.node("Div", [
    centred,
    graph.constant(
      floatTensor(
        [features.length],
        features.map(({ scale }) => scale),
      ),
    ),
  ]);
}

function addCategories(graph: GraphBuilder, { name, categories }: StringFeature): string {
  const vector = graph.node("Reshape", [name, graph.constant(int64Tensor([1], [-1]))]);
  return graph.node("OneHotEncoder", [vector], { domain: "ai.onnx.ml", attributes: { cats_strings: strings(categories), zeros: int(1) } });
}
