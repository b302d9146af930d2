import { beforeAll, describe, expect, test } from "vitest";
import { classifierGraph } from "./onnx/classifier-graph.ts";
import { float, floats, floatTensor, GraphBuilder, int, int64Tensor } from "./onnx/graph.ts";
import { dataType, decodeModel, encodeModel } from "./onnx/proto.ts";
import { OnnxModel } from "./session.ts";
import type { Signature } from "./signature.ts";

describe("a graph with one input per column", () => {
  let model: OnnxModel;

  beforeAll(async () => {
    model = await OnnxModel.load(
      classifierGraph({
        features: [
          { name: "x", type: "double", impute: 0, mean: 0, scale: 1 },
          { name: "kind", type: "string", categories: ["a", "b"] },
        ],
        classes: ["no", "yes"],
        estimator: { type: "linear", weights: [[1, -2, 2]], bias: [0] },
        producer: "test",
      }),
    );
  });

  test("tells its columns and classes", () => {
    expect(model.inputs).toEqual([
      { name: "x", type: "double", required: true },
      { name: "kind", type: "string", required: true },
    ]);
    expect(model.classes).toEqual(["no", "yes"]);
  });

  test("answers as many rows as it is asked, none included", async () => {
    expect((await model.predict({ x: [1, 2, 3], kind: ["b", "a", "b"] })).predictions).toEqual(["yes", "no", "yes"]);
    expect(await model.predict({ x: [], kind: [] })).toEqual({ predictions: [], probabilities: [] });
  });

  test("ignores columns that it does not read", async () => {
    expect((await model.predict({ x: [1], kind: ["b"], more: [1, 2, 3] })).predictions).toEqual(["yes"]);
  });

  test("many calls at once get each their own answer", async () => {
    const sizes = [1, 3, 0, 2000, 1, 2];
    const answers = await Promise.all(
      sizes.map((rows, call) => model.predict({ x: new Array(rows).fill(0), kind: new Array(rows).fill(call % 2 === 0 ? "a" : "b") })),
    );
    expect(answers.map(({ predictions }) => predictions)).toEqual(
      sizes.map((rows, call) => new Array(rows).fill(call % 2 === 0 ? "no" : "yes")),
    );
    expect(answers.map(({ probabilities }) => probabilities?.length)).toEqual(sizes);
  });

  test("a wrong call fails alone", async () => {
    const [good, missing, short, text] = await Promise.allSettled([
      model.predict({ x: [1], kind: ["b"] }),
      model.predict({ x: [1] }),
      model.predict({ x: [1, 2], kind: ["b"] }),
      model.predict({ x: ["heavy"], kind: ["b"] }),
    ]);
    expect(good).toMatchObject({ status: "fulfilled", value: { predictions: ["yes"] } });
    expect(missing).toMatchObject({ reason: new TypeError('column "kind" is missing') });
    expect(short).toMatchObject({ reason: new RangeError('column "kind" has 1 values, the first column has 2') });
    expect(text).toMatchObject({ reason: new TypeError('column "x", row 1: "heavy" is no number') });
  });
});

describe("a graph with one matrix of columns", () => {
  const columns = (...names: string[]): Signature => ({
    inputs: { type: "columns", columns: names.map((name, index) => ({ name, type: "double", required: index === 0 })) },
  });

  test("gets the columns side by side in the signature's order", async () => {
    const model = await OnnxModel.load(regressor(2), columns("ten", "one"));
    expect(model.inputs).toEqual([
      { name: "ten", type: "double", required: true },
      { name: "one", type: "double", required: false },
    ]);
    expect(model.classes).toEqual([]);
    expect(await model.predict({ one: [1, 2], ten: [3, 4] })).toEqual({ predictions: [31, 42] });
  });

  test("a single column of another name is the matrix too", async () => {
    const model = await OnnxModel.load(regressor(1), columns("mass"));
    expect(await model.predict({ mass: [2, 3] })).toEqual({ predictions: [20, 30] });
  });

  const tensors: Signature = { inputs: { type: "tensors", tensors: [{ dtype: "float32", shape: [-1, 2] }] } };

  test.for([
    ["no signature", undefined, 'input "X" is a matrix of 2 columns, and no signature names them'],
    ["a signature of tensors", tensors, "no signature names them"],
    ["too many names", columns("a", "b", "c"), 'input "X" takes 2 columns, the signature names 3'],
  ] as const)("is refused with %s", async ([, signature, message]) => {
    await expect(OnnxModel.load(regressor(2), signature)).rejects.toMatchObject({
      code: "model.signature-mismatch",
      message: expect.stringContaining(message),
    });
  });
});

test("a graph that reads a column the signature does not name is refused", async () => {
  const graph = new GraphBuilder("g");
  const [a, b] = [graph.input("a", "float"), graph.input("b", "float")];
  graph.node("Add", [a, b], { as: graph.output("sum", "float") });
  const signature: Signature = { inputs: { type: "columns", columns: [{ name: "a", type: "double", required: true }] } };
  await expect(OnnxModel.load(graph.encode("test"), signature)).rejects.toMatchObject({ code: "model.signature-mismatch" });
});

test("a column of integers knows no missing value", async () => {
  const graph = new GraphBuilder("g");
  graph.node("Neg", [graph.input("count", "int64")], { as: graph.output("prediction", "int64") });
  const model = await OnnxModel.load(graph.encode("test"));
  expect(await model.predict({ count: [3, -4] })).toEqual({ predictions: [-3, 4] });
  await expect(model.predict({ count: [1, null] })).rejects.toMatchObject({
    code: "model.missing-value",
    message: expect.stringContaining('row 2, column "count"'),
  });
});

test.each([
  ["int64", [3, -4, 2 ** 53], [1.5, 2 ** 63, Number.NaN]],
  ["int32", [3, -(2 ** 31)], [0.1, 2 ** 31, -1e10]],
  ["bool", [0, 1], [2, -1, 0.5]],
] as const)("a column that the graph reads as %s takes %j, and refuses each of %j", async (type, taken, refused) => {
  const graph = new GraphBuilder("g");
  graph.node("Cast", [graph.input("count", type)], { attributes: { to: int(dataType.int64) }, as: graph.output("prediction", "int64") });
  const model = await OnnxModel.load(graph.encode("test"));
  expect(await model.predict({ count: taken })).toEqual({ predictions: taken });
  for (const value of refused) {
    await expect(model.predict({ count: [0, value] })).rejects.toMatchObject({
      code: "model.no-integer",
      message: expect.stringContaining(`row 2, column "count": ${value} is no ${type}`),
    });
  }
});

test("rows that the graph does not run on fail alone, with the runtime's reason", async () => {
  const graph = new GraphBuilder("g");
  const index = graph.node("Cast", [graph.input("x", "float")], { attributes: { to: int(dataType.int64) } });
  graph.node("Gather", [graph.constant(int64Tensor([1], [7])), index], { as: graph.output("prediction", "int64") });
  const model = await OnnxModel.load(graph.encode("test"));
  const [good, bad] = await Promise.allSettled([model.predict({ x: [0] }), model.predict({ x: [1] })]);
  expect(good).toMatchObject({ value: { predictions: [7] } });
  expect(bad).toMatchObject({ reason: { code: "model.failed", message: expect.stringContaining("Gather") } });
});

test("probabilities of unnamed classes are refused", async () => {
  const graph = new GraphBuilder("g");
  const x = graph.input("x", "float");
  graph.node("Cast", [x], { attributes: { to: { type: 2, i: 7 } }, as: graph.output("label", "int64") });
  graph.node("Scaler", [x], {
    domain: "ai.onnx.ml",
    attributes: { offset: floats([0]), scale: floats([1]) },
    as: graph.output("scores", "float"),
  });
  await expect(OnnxModel.load(graph.encode("test"))).rejects.toMatchObject({ code: "model.unknown-classes" });
});

test("outputs that are no answer are refused", async () => {
  const graph = new GraphBuilder("g");
  const x = graph.input("x", "float");
  for (const name of ["a", "b"]) graph.node("Identity", [x], { as: graph.output(name, "float") });
  await expect(OnnxModel.load(graph.encode("test"))).rejects.toMatchObject({
    code: "model.unknown-outputs",
    message: expect.stringContaining("a (float32 [N]), b (float32 [N])"),
  });
});

test("an image is no column", async () => {
  const graph = new GraphBuilder("g");
  graph.node("Elu", [graph.input("image", "float")], { attributes: { alpha: float(1) }, as: graph.output("y", "float") });
  const model = decodeModel(graph.encode("test"));
  for (const { type } of [...model.graph.input, ...model.graph.output]) {
    if (type?.tensorType) type.tensorType.shape = { dim: [{ dimParam: "N" }, { dimValue: 28 }, { dimValue: 28 }] };
  }
  await expect(OnnxModel.load(encodeModel(model))).rejects.toMatchObject({
    code: "model.unsupported-input",
    message: 'input "image" of model.onnx is a float32 tensor [N, 28, 28]',
  });
});

/** 10 x the first column + the second. */
function regressor(width: 1 | 2): Uint8Array {
  const graph = new GraphBuilder("g");
  const weights = graph.constant(floatTensor([width, 1], [10, 1].slice(0, width)));
  graph.node("MatMul", [graph.input("X", "float"), weights], { as: graph.output("variable", "float") });
  const model = decodeModel(graph.encode("test"));
  const resize = (values: typeof model.graph.input, size: number) => {
    for (const { type } of values) if (type?.tensorType) type.tensorType.shape = { dim: [{ dimParam: "N" }, { dimValue: size }] };
  };
  resize(model.graph.input, width);
  resize(model.graph.output, 1);
  return encodeModel(model);
}
