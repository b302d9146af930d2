import { expect, test } from "vitest";
import { readMlmodel, writeMlmodel } from "./mlmodel.ts";
import { graphSignature } from "./signature.ts";

const signature = graphSignature({ features: [{ name: "mass", type: "double" }], classes: ["lost", "landed"] });

test("what is written is read", () => {
  const text = writeMlmodel({
    modelUuid: "12345678901234567890123456789e10",
    modelId: "m-1",
    runId: "0123456789",
    createdAt: new Date("2020-11-05T23:24:00.5Z"),
    signature,
    modelBytes: 1000,
  });
  expect(readMlmodel(text)).toEqual({ graph: "model.onnx", modelId: "m-1", runId: "0123456789", signature });
  expect(text).toContain('model_uuid: "12345678901234567890123456789e10"');
  expect(text).toContain('utc_time_created: "2020-11-05 23:24:00.500000"');
});

/** As `mlflow.onnx.save_model` of MLflow 3.17.2 wrote it, shortened to what is read. */
const fromPython = `flavors:
  onnx:
    code: null
    data: graph.onnx
    providers:
    - CUDAExecutionProvider
    - CPUExecutionProvider
  python_function:
    data: graph.onnx
    loader_module: mlflow.onnx
model_id: null
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}, {"type": "string",
    "name": "o", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]'
  params: null
`;

test("Python's file is read", () => {
  expect(readMlmodel(fromPython)).toEqual({
    graph: "graph.onnx",
    signature: {
      inputs: {
        type: "columns",
        columns: [
          { name: "a", type: "double", required: true },
          { name: "o", type: "string", required: true },
        ],
      },
      outputs: { type: "tensors", tensors: [{ dtype: "str", shape: [-1] }] },
    },
  });
});

test("a model logged without a signature has none", () => {
  expect(readMlmodel("flavors: {onnx: {data: model.onnx}}\nsignature: null\n")).toEqual({ graph: "model.onnx" });
});

test.for([
  ["no YAML", "a: [", "MLmodel: "],
  ["an empty file", "", "MLmodel: the whole: "],
  ["another flavor", "flavors: {sklearn: {pickled_model: model.pkl}}", "MLmodel: flavors.onnx: "],
  ["a signature that is no JSON", "flavors: {onnx: {data: model.onnx}}\nsignature: {inputs: '[{'}", "MLmodel: "],
] as const)("%s is refused", ([, text, message]) => {
  expect(() => readMlmodel(text)).toThrow(
    expect.objectContaining({ code: "model.mlmodel-invalid", message: expect.stringContaining(message) }),
  );
});
