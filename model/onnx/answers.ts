import { FalconryError } from "@falconry/environment/error.ts";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { predictionOutput, probabilityOutput } from "./classifier-graph.ts";
import type { ClassLabel, TensorGraph } from "./zipmap.ts";

export interface Answer {
  predictions: ClassLabel[];
  /** Row x class, in the order of the model's classes. Absent where the model gives none. */
  probabilities?: number[][];
}

/** Reads a graph's outputs. */
export interface AnswerReader {
  /** Empty where the model gives no probabilities. */
  classes: ClassLabel[];
  /** The outputs to ask for. */
  outputs: string[];
  read(results: Record<string, Tensor>): Answer;
}

type TensorOutput = InferenceSession.TensorValueMetadata;

/**
 * Finds out how a graph answers: `prediction` beside one `probability_<class>` per class (as `classifierGraph` makes them), a label beside
 * a matrix of probabilities (as skl2onnx does), a label alone, or one number.
 *
 * @throws FalconryError `model.unknown-outputs`, `model.unknown-classes`
 */
export function answerReader(
  metadata: readonly InferenceSession.ValueMetadata[],
  graph: Pick<TensorGraph, "zipped" | "labels">,
): AnswerReader {
  const outputs = metadata.filter((output) => output.isTensor);
  const labels = outputs.filter(({ type }) => type === "int64" || type === "string");
  const numbers = outputs.filter(({ type }) => type === "float32" || type === "float64");
  const [label] = labels;
  const [number] = numbers;
  if (labels.length + numbers.length === outputs.length) {
    if (label?.name === predictionOutput && numbers.length > 0 && numbers.every(({ name }) => name.startsWith(probabilityOutput("")))) {
      return vectorsReader(label, numbers);
    }
    if (labels.length === 1 && numbers.length === 1 && label && number) return matrixReader(label, number, graph);
    if (outputs.length === 1 && label) return aloneReader(label);
    if (outputs.length === 1 && number && (number.shape.length < 2 || number.shape[1] === 1)) return aloneReader(number);
  }
  throw new FalconryError("model.unknown-outputs", {
    message: `model.onnx answers with ${outputs.map(({ name, type, shape }) => `${name} (${type} [${shape.join(", ")}])`).join(", ")}`,
    hint: "Export the model with a label and its probabilities, or with one number per row",
  });
}

function vectorsReader(label: TensorOutput, vectors: TensorOutput[]): AnswerReader {
  const names = vectors.map(({ name }) => name);
  const suffixes = names.map((name) => name.slice(probabilityOutput("").length));
  return {
    classes: label.type === "int64" ? suffixes.map(Number) : suffixes,
    outputs: [label.name, ...names],
    read(results) {
      const columns = names.map((name) => numbersOf(results, name));
      const predictions = labelsOf(results, label.name);
      return { predictions, probabilities: inRows(predictions.length, columns.length, (row, column) => columns[column]?.[row]) };
    },
  };
}

function matrixReader(label: TensorOutput, matrix: TensorOutput, graph: Pick<TensorGraph, "zipped" | "labels">): AnswerReader {
  const type = label.type === "string" ? "string" : "number";
  const classes = graph.zipped.get(matrix.name) ?? graph.labels.find((labels) => labels.every((one) => typeof one === type));
  if (classes === undefined || (typeof matrix.shape[1] === "number" && matrix.shape[1] !== classes.length)) {
    throw new FalconryError("model.unknown-classes", {
      message: `output "${matrix.name}" of model.onnx holds ${matrix.shape[1] ?? "some"} probabilities a row, for ${classes?.length ?? "no"} known classes`,
      hint: "Export the model with skl2onnx's default options: its ZipMap names the classes",
    });
  }
  return {
    classes,
    outputs: [label.name, matrix.name],
    read(results) {
      const values = numbersOf(results, matrix.name);
      const predictions = labelsOf(results, label.name);
      const width = classes.length;
      return { predictions, probabilities: inRows(predictions.length, width, (row, column) => values[row * width + column]) };
    },
  };
}

function aloneReader({ name, type }: TensorOutput): AnswerReader {
  const isLabel = type === "int64" || type === "string";
  return {
    classes: [],
    outputs: [name],
    read: (results) => ({ predictions: isLabel ? labelsOf(results, name) : Array.from(numbersOf(results, name)) }),
  };
}

function inRows(rows: number, width: number, numberAt: (row: number, column: number) => number | undefined): number[][] {
  const all = new Array<number[]>(rows);
  for (let row = 0; row < rows; row++) {
    const numbers = new Array<number>(width);
    for (let column = 0; column < width; column++) numbers[column] = numberAt(row, column) ?? Number.NaN;
    all[row] = numbers;
  }
  return all;
}

function labelsOf(results: Record<string, Tensor>, name: string): ClassLabel[] {
  const data = results[name]?.data;
  if (data instanceof BigInt64Array) return numbersFrom(data);
  if (Array.isArray(data)) return data.map(String);
  throw new TypeError(`output "${name}" is no tensor of labels`);
}

/** Array.from goes through an iterator: several times as slow. */
function numbersFrom(integers: BigInt64Array): number[] {
  const numbers = new Array<number>(integers.length);
  for (let index = 0; index < numbers.length; index++) numbers[index] = Number(integers[index]);
  return numbers;
}

function numbersOf(results: Record<string, Tensor>, name: string): Float32Array | Float64Array {
  const data = results[name]?.data;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new TypeError(`output "${name}" is no tensor of numbers`);
}
