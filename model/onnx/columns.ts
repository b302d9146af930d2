import { FalconryError } from "@falconry/environment/error.ts";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { ColumnSpec, Signature } from "../signature.ts";
import { type Cell, type Cells, type Element, integers, isElement, tensorBuilder } from "./tensor-builder.ts";

/** A column that a model reads. */
export interface InputColumn {
  name: string;
  type: "double" | "string";
  /** False where the signature lets a request leave the column out. */
  required: boolean;
}

/** Values by column, as many in each. */
export type Columns = Record<string, Cells>;

export interface Table {
  columns: Columns;
  rows: number;
}

/** One input of the graph, and the columns that stand side by side in it. */
interface Binding {
  name: string;
  element: Element;
  /** 1: [N], for one column; 2: [N, columns] */
  rank: 1 | 2;
  columns: InputColumn[];
}

/** Knows which columns a graph reads, and turns tables into its inputs. */
export class ColumnReader {
  readonly inputs: InputColumn[];
  readonly #bindings: Binding[];

  /**
   * A graph has one input per column ([N] or [N,1]), or one matrix [N,K] whose columns the signature names in order.
   *
   * @throws FalconryError `model.unsupported-input`, `model.signature-mismatch`
   */
  constructor(graphInputs: readonly InferenceSession.ValueMetadata[], signature: Signature | undefined) {
    const columns = signature?.inputs.type === "columns" ? signature.inputs.columns : [];
    const named = columns.length > 0 && columns.every(({ name }) => name !== "") ? columns : undefined;
    this.#bindings = graphInputs.map((input) => bind(input, graphInputs.length === 1, named));
    this.inputs = this.#bindings.flatMap(({ columns }) => columns);
  }

  /**
   * @throws TypeError, RangeError where a column is missing, is shorter than another or holds what it cannot
   * @throws FalconryError `model.missing-value`, `model.no-integer`
   */
  check(columns: Columns): Table {
    const rows = columns[this.inputs[0]?.name ?? ""]?.length ?? 0;
    for (const binding of this.#bindings)
      for (const { name, type } of binding.columns) checkColumn(columns[name], rows, name, type, binding.element);
    return { columns, rows };
  }

  /** One tensor per input of the graph, with the rows of all tables one after the other. */
  feeds(tables: readonly Table[]): Record<string, Tensor> {
    const rows = tables.reduce((total, table) => total + table.rows, 0);
    const feeds: Record<string, Tensor> = {};
    for (const { name, element, rank, columns } of this.#bindings) {
      const builder = tensorBuilder(element, rows * columns.length);
      for (const [index, column] of columns.entries()) {
        let position = index;
        for (const table of tables) {
          builder.fill(table.columns[column.name] ?? [], position, columns.length);
          position += table.rows * columns.length;
        }
      }
      feeds[name] = builder.tensor(rank === 1 ? [rows] : [rows, columns.length]);
    }
    return feeds;
  }
}

function bind(input: InferenceSession.ValueMetadata, isOnly: boolean, named: ColumnSpec[] | undefined): Binding {
  const { name, element, rank, width } = shapeOf(input);
  const type = element === "string" ? "string" : "double";
  const own = named?.find((column) => column.name === name);
  if (width === 1 && (own !== undefined || named === undefined))
    return { name, element, rank, columns: [{ name, type, required: own?.required ?? true }] };
  if (named === undefined)
    throw mismatch(`input "${name}" is a matrix of ${width ?? "any number of"} columns, and no signature names them`);
  if (!isOnly) throw mismatch(`the graph reads "${name}", the signature names ${named.map((column) => column.name).join(", ")}`);
  if (width !== undefined && width !== named.length)
    throw mismatch(`input "${name}" takes ${width} columns, the signature names ${named.length}`);
  return { name, element, rank, columns: named.map((column) => ({ name: column.name, type, required: column.required })) };
}

/** @returns width undefined where the graph leaves open how many columns it takes */
function shapeOf(input: InferenceSession.ValueMetadata): { name: string; element: Element; rank: 1 | 2; width: number | undefined } {
  if (input.isTensor && isElement(input.type)) {
    const { name, type: element, shape } = input;
    if (shape.length === 1) return { name, element, rank: 1, width: 1 };
    const width = shape[1];
    if (shape.length === 2) return { name, element, rank: 2, width: typeof width === "number" ? width : undefined };
  }
  throw new FalconryError("model.unsupported-input", {
    message: `input "${input.name}" of model.onnx is ${input.isTensor ? `a ${input.type} tensor [${input.shape.join(", ")}]` : "no tensor"}`,
    hint: "Export the model with one input per column ([N] or [N,1]) or one matrix [N,K], of numbers or strings",
  });
}

function mismatch(message: string): FalconryError {
  return new FalconryError("model.signature-mismatch", {
    message,
    hint: "Log the model with the signature of its columns: signature=infer_signature(X, y) where X is the DataFrame it was fitted on",
  });
}

function checkColumn(column: Cells | undefined, rows: number, name: string, type: "double" | "string", element: Element): void {
  if (column === undefined) throw new TypeError(`column "${name}" is missing`);
  if (column.length !== rows) throw new RangeError(`column "${name}" has ${column.length} values, the first column has ${rows}`);
  const expected = type === "double" ? "number" : "string";
  const takes = integers[element];
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (cell === null) checkMissing(name, row, element);
    else if (cell === undefined || typeof cell !== expected) {
      throw new TypeError(`column "${name}", row ${row + 1}: ${String(JSON.stringify(cell)).slice(0, 60)} is no ${expected}`);
    } else if (takes !== undefined && !takes(Number(cell))) throw noInteger(name, row, cell, element);
  }
}

function checkMissing(name: string, row: number, element: Element): void {
  if (element === "float32" || element === "float64" || element === "string") return;
  throw new FalconryError("model.missing-value", {
    message: `row ${row + 1}, column "${name}": the value is missing, and the model reads the column as ${element}`,
    hint: "Give the value, or export the model with a float input for this column",
  });
}

function noInteger(name: string, row: number, cell: Cell, element: Element): FalconryError {
  return new FalconryError("model.no-integer", {
    message: `row ${row + 1}, column "${name}": ${cell} is no ${element}, as which the model reads the column`,
    hint: element === "bool" ? "Give 0 or 1" : "Give a whole number, or export the model with a float input for this column",
  });
}
