import {
  type AttributeProto,
  attributeType,
  dataType,
  encodeModel,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from "./proto.ts";

/** The intermediate representation and operator sets that every graph of ours is written in: old enough for each runtime in use. */
const irVersion = 9;
const operatorSets = [
  { domain: "", version: 17 },
  { domain: "ai.onnx.ml", version: 3 },
];

type ElementType = keyof typeof dataType;
type Tensor = Omit<TensorProto, "name">;
type Attribute = Omit<AttributeProto, "name">;

/** Builds an ONNX graph node by node. A value is known by its name; every name is given once. */
export class GraphBuilder {
  readonly #graph: GraphProto;
  readonly #names = new Set<string>();

  constructor(name: string) {
    this.#graph = { name, node: [], initializer: [], input: [], output: [] };
  }

  /** Declares an input of any length: a vector [N], or a column [N,1]. */
  input(name: string, type: ElementType, shape: "vector" | "column" = "vector"): string {
    this.#graph.input.push(value(this.#claim(name), type, shape));
    return name;
  }

  /** Declares a rank-1 output of any length; the node that makes it names it with `as`. */
  output(name: string, type: ElementType): string {
    this.#graph.output.push(value(name, type, "vector"));
    return name;
  }

  constant(tensor: Tensor): string {
    const name = this.#fresh("constant");
    this.#graph.initializer.push({ ...tensor, name });
    return name;
  }

  /** Adds an operator with one output and returns that output's name. */
  node(operator: string, inputs: string[], options: { domain?: string; attributes?: Record<string, Attribute>; as?: string } = {}): string {
    const output = options.as === undefined ? this.#fresh(operator) : this.#claim(options.as);
    this.#graph.node.push({
      name: `node ${output}`,
      opType: operator,
      domain: options.domain ?? "",
      input: inputs,
      output: [output],
      attribute: Object.entries(options.attributes ?? {}).map(([name, attribute]) => ({ ...attribute, name })),
    });
    return output;
  }

  /** @param producer name of the tool that made the model */
  encode(producer: string): Uint8Array {
    return encodeModel({ irVersion, opsetImport: operatorSets, producerName: producer, graph: this.#graph });
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new Error(`the graph has two values named "${name}"`);
    this.#names.add(name);
    return name;
  }

  #fresh(hint: string): string {
    let name = "";
    for (let number = this.#names.size; name === "" || this.#names.has(name); number++) name = `${hint}:${number}`;
    return this.#claim(name);
  }
}

export function floatTensor(dims: number[], values: number[]): Tensor {
  return { dims, dataType: dataType.float, floatData: values };
}

export function int64Tensor(dims: number[], values: number[]): Tensor {
  return { dims, dataType: dataType.int64, int64Data: values };
}

export function stringTensor(dims: number[], values: string[]): Tensor {
  return { dims, dataType: dataType.string, stringData: values.map(utf8) };
}

export function float(value: number): Attribute {
  return { type: attributeType.float, f: value };
}

export function floats(values: number[]): Attribute {
  return { type: attributeType.floats, floats: values };
}

export function int(value: number): Attribute {
  return { type: attributeType.int, i: value };
}

export function ints(values: number[]): Attribute {
  return { type: attributeType.ints, ints: values };
}

export function strings(values: string[]): Attribute {
  return { type: attributeType.strings, strings: values.map(utf8) };
}

function value(name: string, type: ElementType, shape: "vector" | "column"): ValueInfoProto {
  const dim = shape === "vector" ? [{ dimParam: "N" }] : [{ dimParam: "N" }, { dimValue: 1 }];
  return { name, type: { tensorType: { elemType: dataType[type], shape: { dim } } } };
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
