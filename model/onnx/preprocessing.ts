import { float, floats, floatTensor, type GraphBuilder, int, int64Tensor, ints, strings } from "./graph.ts";

/** A number that is missing (NaN) becomes `impute`; then it is standardised: (x - mean) / scale. */
interface NumberFeature {
  name: string;
  type: "double";
  /** NaN: it stays missing. */
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
  /** One column in place of several: the category's place among them; NaN for a missing or unseen value. @default false */
  asNumber?: boolean;
}

export type Feature = NumberFeature | StringFeature;

/** How many of the estimator's inputs the features become. */
export function width(features: Feature[]): number {
  return features.reduce(
    (total, feature) =>
      total + (feature.type === "double" || (feature.asNumber && feature.categories.length > 0) ? 1 : feature.categories.length),
    0,
  );
}

/** Adds the nodes that turn the named inputs into one matrix [N, width], columns in the order of the features. */
export function addPreprocessing(graph: GraphBuilder, features: Feature[]): string {
  const blocks = blocksOf(features).map((block) =>
    block.type === "numbers" ? addNumbers(graph, block.features) : addText(graph, block.feature),
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
  return addScaling(graph, addImputer(graph, columns, features), features);
}

function addImputer(graph: GraphBuilder, columns: string, features: NumberFeature[]): string {
  const imputed = features.map(({ impute }) => impute);
  if (imputed.every(Number.isNaN)) return columns;
  return graph.node("Imputer", [columns], {
    domain: "ai.onnx.ml",
    attributes: { imputed_value_floats: floats(imputed), replaced_value_float: float(Number.NaN) },
  });
}

function addScaling(graph: GraphBuilder, columns: string, features: NumberFeature[]): string {
  if (features.every(({ mean, scale }) => mean === 0 && scale === 1)) return columns;
  const [means, scales] = [features.map(({ mean }) => mean), features.map(({ scale }) => scale)];
  const centred = graph.node("Sub", [columns, graph.constant(floatTensor([features.length], means))]);
  return graph.node("Div", [centred, graph.constant(floatTensor([features.length], scales))]);
}

function addText(graph: GraphBuilder, feature: StringFeature): string {
  return feature.asNumber ? addPlaces(graph, feature) : addCategories(graph, feature);
}

function addPlaces(graph: GraphBuilder, { name, categories }: StringFeature): string {
  const column = graph.node("Reshape", [name, graph.constant(int64Tensor([2], [-1, 1]))]);
  const places = floats(categories.map((_, place) => place));
  const attributes = { keys_strings: strings(categories), values_floats: places, default_float: float(Number.NaN) };
  return graph.node("LabelEncoder", [column], { domain: "ai.onnx.ml", attributes });
}

function addCategories(graph: GraphBuilder, { name, categories }: StringFeature): string {
  const vector = graph.node("Reshape", [name, graph.constant(int64Tensor([1], [-1]))]);
  return graph.node("OneHotEncoder", [vector], { domain: "ai.onnx.ml", attributes: { cats_strings: strings(categories), zeros: int(1) } });
}
