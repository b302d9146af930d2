import { FalconryError } from "@falconry/environment/error.ts";
import { type AttributeProto, dataType, decodeModel, encodeModel, type GraphProto, type NodeProto, type TypeProto } from "./proto.ts";

export type ClassLabel = number | string;

export interface TensorGraph {
  /** The model, all of whose outputs are tensors. */
  bytes: Uint8Array;
  /** Class of each column of an output that was a ZipMap, by the output's name. */
  zipped: Map<string, ClassLabel[]>;
  /** Class labels that classifiers inside the graph carry, without repetition. */
  labels: ClassLabel[][];
}

/**
 * Takes trailing ZipMaps off a model: skl2onnx ends its classifiers in a sequence of maps (class -> probability), which no
 * runtime but Python's returns. What goes into the ZipMap, a float tensor [N, classes], becomes the output of the same name.
 *
 * @throws FalconryError `model.unreadable`, `model.non-tensor-output`
 */
export function cutZipMaps(bytes: Uint8Array): TensorGraph {
  const model = decode(bytes);
  const zipped = new Map<string, ClassLabel[]>();
  for (const output of model.graph.output) {
    const type = nameOfType(output.type);
    if (type === "tensor") continue;
    const zipMap = type === "sequence" ? zipMapBehind(model.graph, output.name) : undefined;
    if (zipMap === undefined) throw nonTensor(output.name, type);
    zipped.set(output.name, labelsOf(zipMap)[0] ?? []);
    becomeIdentity(model.graph, zipMap);
    output.type = { tensorType: { elemType: dataType.float } };
  }
  const labels = model.graph.node.flatMap(labelsOf);
  if (zipped.size === 0) return { bytes, zipped, labels };
  if (!model.opsetImport.some(({ domain }) => domain === "")) model.opsetImport.push({ domain: "", version: 13 });
  return { bytes: encodeModel(model), zipped, labels };
}

function decode(bytes: Uint8Array) {
  try {
    return decodeModel(bytes);
  } catch (error) {
    throw unreadable(error);
  }
}

/** What {@link cutZipMaps} and the runtime's loader throw for bytes that are no model. */
export function unreadable(error: unknown): FalconryError {
  return new FalconryError("model.unreadable", {
    message: `model.onnx is no ONNX model that can be run: ${error instanceof Error ? error.message : error}`,
    hint: "Check the file with Python: onnx.checker.check_model(path), then export and log the model again",
    cause: error,
  });
}

function nonTensor(output: string, type: string): FalconryError {
  return new FalconryError("model.non-tensor-output", {
    message: `output "${output}" of model.onnx is of type ${type}, not a tensor`,
    hint: "Export the model with tensors as outputs only (skl2onnx: options={'zipmap': False})",
  });
}

function nameOfType(type: TypeProto | null | undefined): string {
  if (type?.tensorType) return "tensor";
  if (type?.sequenceType) return "sequence";
  if (type?.mapType) return "map";
  if (type?.optionalType) return "optional";
  return type?.sparseTensorType ? "sparse tensor" : "unknown";
}

function zipMapBehind(graph: GraphProto, value: string): NodeProto | undefined {
  const node = graph.node.find(({ output }) => output.includes(value));
  if (node?.opType === "ZipMap") return node;
  const source = node?.opType === "Identity" ? node.input[0] : undefined;
  return source === undefined ? undefined : zipMapBehind(graph, source);
}

function becomeIdentity(graph: GraphProto, node: NodeProto): void {
  node.opType = "Identity";
  node.domain = "";
  node.attribute = [];
  graph.valueInfo = graph.valueInfo?.filter(({ name }) => !node.output.includes(name));
}

/** skl2onnx spells the attribute classlabels_ints, classlabels_int64s or classlabels_strings. */
function labelsOf({ attribute }: NodeProto): ClassLabel[][] {
  return attribute
    .filter(({ name }) => name.startsWith("classlabels_"))
    .map(decodeLabels)
    .filter((labels) => labels.length > 0);
}

function decodeLabels({ ints = [], strings = [] }: AttributeProto): ClassLabel[] {
  return strings.length > 0 ? strings.map((bytes) => Buffer.from(bytes).toString("utf8")) : ints.map((value) => Number(value.toString()));
}
