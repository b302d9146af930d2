import { readFileSync } from "node:fs";
import type Long from "long";
import protobuf from "protobufjs";

/** A 64-bit integer: a Long when decoded, so that none loses digits; a number will do for encoding. */
type Int64 = Long | number;

/** The parts of onnx-ml.proto that Falconry writes and reads. Decoding and encoding keep every other field as it is. */
export interface ModelProto {
  irVersion: Int64;
  opsetImport: { domain: string; version: Int64 }[];
  producerName?: string;
  graph: GraphProto;
}

export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  /** Types of values in between. */
  valueInfo?: ValueInfoProto[];
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: Int64;
  floats?: number[];
  ints?: Int64[];
  /** UTF-8 strings. */
  strings?: Uint8Array[];
}

export interface TensorProto {
  name: string;
  dims: Int64[];
  dataType: number;
  floatData?: number[];
  int64Data?: Int64[];
  /** UTF-8 strings. */
  stringData?: Uint8Array[];
}

export interface ValueInfoProto {
  name: string;
  type?: TypeProto | null;
}

/** One of its members is set. */
export interface TypeProto {
  tensorType?: { elemType: number; shape?: { dim: { dimParam?: string; dimValue?: Int64 }[] } | null } | null;
  sparseTensorType?: object | null;
  sequenceType?: object | null;
  mapType?: object | null;
  optionalType?: object | null;
}

/** AttributeProto.AttributeType */
export const attributeType = { float: 1, int: 2, floats: 6, ints: 7, strings: 8 } as const;

/** TensorProto.DataType */
export const dataType = { float: 1, int32: 6, int64: 7, string: 8, bool: 9 } as const;

export function encodeModel(model: ModelProto): Uint8Array {
  return modelType()
    .encode({ ...model })
    .finish();
}

/** @throws Error for bytes that are no model */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const message: unknown = modelType().decode(bytes);
  if (!holdsGraph(message)) throw new Error("the bytes hold no graph");
  return message;
}

/** The schema says what else is there: only an absent graph makes a decoded message no {@link ModelProto}. */
function holdsGraph(message: unknown): message is ModelProto {
  return typeof message === "object" && message !== null && "graph" in message && message.graph !== null;
}

let parsed: protobuf.Type | undefined;

function modelType(): protobuf.Type {
  parsed ??= protobuf.parse(readFileSync(new URL("upstream/onnx-ml.proto", import.meta.url), "utf8")).root.lookupType("onnx.ModelProto");
  return parsed;
}
