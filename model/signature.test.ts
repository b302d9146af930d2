import { describe, expect, test } from "vitest";
import { formatSchema, graphSignature, incompatibilities, parseSchema, type Signature } from "./signature.ts";

function signature(columns: Record<string, string>, prediction = "long"): Signature {
  return {
    inputs: { type: "columns", columns: Object.entries(columns).map(([name, type]) => ({ name, type, required: true })) },
    outputs: { type: "columns", columns: [{ name: "prediction", type: prediction, required: true }] },
  };
}

describe("a candidate fits requests made for its champion", () => {
  const champion = signature({ mass: "double", block: "long", orbit: "string" });

  test.for([
    ["the same columns", signature({ mass: "double", block: "long", orbit: "string" })],
    ["in another order", signature({ orbit: "string", mass: "double", block: "long" })],
    ["fewer columns", signature({ mass: "double" })],
    ["a wider number", signature({ block: "double" })],
    ["another float", signature({ mass: "float" })],
    ["an answer that its signature does not tell", { inputs: champion.inputs }],
  ] as const)("%s", ([, candidate]) => {
    expect(incompatibilities(candidate, champion)).toEqual([]);
  });

  test.for([
    ["a column that requests lack", signature({ wind: "double" }), 'it needs column "wind", which requests do not hold'],
    ["a narrower number", signature({ mass: "long" }), 'it reads column "mass" as long, requests hold double'],
    ["a number for a string", signature({ orbit: "double" }), 'it reads column "orbit" as double, requests hold string'],
    ["another kind of answer", signature({ mass: "double" }, "string"), "it predicts a string, where a number is expected"],
  ] as const)("but not with %s", ([, candidate, sentence]) => {
    expect(incompatibilities(candidate, champion)).toEqual([sentence]);
  });

  test("but not when it needs what requests may leave out", () => {
    const lenient: Signature = { inputs: { type: "columns", columns: [{ name: "mass", type: "double", required: false }] } };
    expect(incompatibilities(signature({ mass: "double" }), lenient)).toEqual(['it needs column "mass", which requests may leave out']);
    expect(incompatibilities(lenient, signature({ block: "long" }))).toEqual([]);
  });

  test("but not with tensors for columns", () => {
    const tensors: Signature = { inputs: { type: "tensors", tensors: [{ dtype: "float32", shape: [-1, 3] }] } };
    expect(incompatibilities(tensors, champion)).toEqual(["its signature describes tensors, not named columns"]);
  });

  test("a Python classifier's answer is known by its label", () => {
    const outputs = parseSchema('[{"type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]');
    expect(incompatibilities({ inputs: champion.inputs, outputs }, champion)).toEqual(["it predicts a string, where a number is expected"]);
    const labelled = parseSchema(
      '[{"type": "map", "name": "output_probability", "values": "double"}, {"type": "long", "name": "output_label"}]',
    );
    expect(incompatibilities({ inputs: champion.inputs, outputs: labelled }, champion)).toEqual([]);
  });
});

test("a regression's signature names its features and one number", () => {
  expect(graphSignature({ features: [{ name: "mass", type: "double" }], classes: [] })).toEqual({
    inputs: { type: "columns", columns: [{ name: "mass", type: "double", required: true }] },
    outputs: { type: "columns", columns: [{ name: "prediction", type: "float", required: true }] },
  });
});

test("a classifier's signature names its features and a probability per class", () => {
  const features = [
    { name: "mass", type: "double" as const },
    { name: "orbit", type: "string" as const },
  ];
  expect(graphSignature({ features, classes: [0, 1] })).toEqual({
    inputs: {
      type: "columns",
      columns: [
        { name: "mass", type: "double", required: true },
        { name: "orbit", type: "string", required: true },
      ],
    },
    outputs: {
      type: "columns",
      columns: [
        { name: "prediction", type: "long", required: true },
        { name: "probability_0", type: "float", required: true },
        { name: "probability_1", type: "float", required: true },
      ],
    },
  });
});

test.for([
  '[{"type":"double","name":"a","required":true},{"type":"string","name":"b","required":false}]',
  '[{"type":"tensor","name":"X","tensor-spec":{"dtype":"float32","shape":[-1,4]}}]',
])("a schema survives reading and writing: %s", (json) => {
  expect(formatSchema(parseSchema(json))).toBe(json);
});

test("a column without a name and without `required` is required", () => {
  expect(parseSchema('[{"type": "long"}]')).toEqual({ type: "columns", columns: [{ name: "", type: "long", required: true }] });
});
