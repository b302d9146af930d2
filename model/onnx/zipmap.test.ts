import Long from "long";
import { expect, test } from "vitest";
import { OnnxModel } from "../session.ts";
import { classifierGraph } from "./classifier-graph.ts";
import { attributeType, decodeModel, encodeModel, type ModelProto, type NodeProto, type TypeProto } from "./proto.ts";
import { cutZipMaps } from "./zipmap.ts";

const sequenceOfMaps: TypeProto = {
  sequenceType: { elemType: { mapType: { keyType: 7, valueType: { tensorType: { elemType: 1 } } } } },
};

test("a ZipMap at the end becomes the matrix that went into it, and names the classes", async () => {
  const model = await OnnxModel.load(encodeModel(zipped()));
  expect(model.classes).toEqual([3, 4]);
  expect(await model.predict({ x: [1, -1] })).toEqual({
    predictions: [4, 3],
    probabilities: [
      [expect.closeTo(0.2689414, 6), expect.closeTo(0.7310586, 6)],
      [expect.closeTo(0.7310586, 6), expect.closeTo(0.2689414, 6)],
    ],
  });
});

test("an Identity behind the ZipMap does not hide it", async () => {
  const graph = zipped();
  zipMapOf(graph).output = ["zipped"];
  graph.graph.node.push(node("Identity", ["zipped"], ["probabilities"]));
  graph.graph.valueInfo = [{ name: "zipped", type: sequenceOfMaps }];
  expect((await OnnxModel.load(encodeModel(graph))).classes).toEqual([3, 4]);
});

test("a graph without ZipMap is left as it is", () => {
  const bytes = classifierGraph(spec);
  expect(cutZipMaps(bytes).bytes).toBe(bytes);
});

test("integers beyond a number's precision survive the cut", () => {
  const graph = zipped();
  graph.graph.node[0]?.attribute.push({ name: "largest", type: attributeType.int, i: Long.MAX_VALUE });
  const cut = decodeModel(cutZipMaps(encodeModel(graph)).bytes);
  expect(cut.graph.node[0]?.attribute.at(-1)?.i?.toString()).toBe("9223372036854775807");
});

test("another output that is no tensor is refused by name and type", async () => {
  const graph = zipped();
  zipMapOf(graph).opType = "SequenceConstruct";
  await expect(OnnxModel.load(encodeModel(graph))).rejects.toMatchObject({
    code: "model.non-tensor-output",
    message: 'output "probabilities" of model.onnx is of type sequence, not a tensor',
  });
});

test.for([
  ["no bytes", new Uint8Array()],
  ["text", Buffer.from("no model")],
  [
    "a model cut in half",
    classifierGraph({
      features: [{ name: "x", type: "double", impute: 0, mean: 0, scale: 1 }],
      classes: [0],
      estimator: { type: "constant", probabilities: [1] },
      producer: "test",
    }).subarray(0, 90),
  ],
] as const)("%s is unreadable", async ([, bytes]) => {
  await expect(OnnxModel.load(bytes)).rejects.toMatchObject({ code: "model.unreadable" });
});

const spec = {
  features: [{ name: "x", type: "double" as const, impute: 0, mean: 0, scale: 1 }],
  classes: [3, 4],
  estimator: { type: "linear" as const, weights: [[1]], bias: [0] },
  producer: "test",
};

/** A classifier as skl2onnx ends it: a label, and a sequence of maps (class -> probability). */
function zipped(): ModelProto {
  const model = decodeModel(classifierGraph(spec));
  const [label] = model.graph.output;
  const sigmoid = model.graph.node.find(({ opType }) => opType === "Sigmoid")?.output[0];
  if (label === undefined || sigmoid === undefined) throw new Error("the graph has no label or no probabilities");
  model.graph.node = model.graph.node.filter(({ output }) => !output[0]?.startsWith("probability_"));
  model.graph.node.push({
    ...node("ZipMap", [sigmoid], ["probabilities"]),
    domain: "ai.onnx.ml",
    attribute: [{ name: "classlabels_int64s", type: attributeType.ints, ints: [3, 4] }],
  });
  model.graph.output = [label, { name: "probabilities", type: sequenceOfMaps }];
  return model;
}

function node(opType: string, input: string[], output: string[]): NodeProto {
  return { name: `${opType} ${output[0]}`, opType, domain: "", input, output, attribute: [] };
}

function zipMapOf(model: ModelProto): NodeProto {
  const found = model.graph.node.find(({ opType }) => opType === "ZipMap");
  if (found === undefined) throw new Error("the graph has no ZipMap");
  return found;
}
