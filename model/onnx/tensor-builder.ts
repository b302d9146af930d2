import { Tensor } from "onnxruntime-node";

/** A value of a column; null is missing. */
export type Cell = number | string | null;

/** A missing number is null or NaN. */
export type Cells = readonly Cell[] | Float64Array;

/** Element types of a graph's inputs that a column can fill. */
export type Element = keyof typeof builders;

export function isElement(type: string): type is Element {
  return Object.hasOwn(builders, type);
}

interface TensorBuilder {
  /** Puts a column's cells to this place and to every so-and-so-many-th behind it. */
  fill(cells: Cells, place: number, stride: number): void;
  tensor(dims: number[]): Tensor;
}

export function tensorBuilder(element: Element, length: number): TensorBuilder {
  return builders[element](length);
}

/** What the elements take that are no floats: any other number would be another one in the tensor. */
export const integers: Partial<Record<Element, (value: number) => boolean>> = {
  int32: (value) => Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** 31,
  int64: (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 63,
  bool: (value) => value === 0 || value === 1,
};

/** A missing number is NaN, a missing string is "". Integers and booleans know no missing value: those are refused before. */
const builders = {
  float32(length: number): TensorBuilder {
    const data = new Float32Array(length);
    return { fill: (cells, place, stride) => fillNumbers(data, cells, place, stride), tensor: (dims) => new Tensor("float32", data, dims) };
  },
  float64(length: number): TensorBuilder {
    const data = new Float64Array(length);
    return { fill: (cells, place, stride) => fillNumbers(data, cells, place, stride), tensor: (dims) => new Tensor("float64", data, dims) };
  },
  int32(length: number): TensorBuilder {
    const data = new Int32Array(length);
    return { fill: (cells, place, stride) => fillNumbers(data, cells, place, stride), tensor: (dims) => new Tensor("int32", data, dims) };
  },
  int64(length: number): TensorBuilder {
    const data = new BigInt64Array(length);
    return {
      fill(cells, place, stride) {
        for (const [row, cell] of cells.entries()) data[place + row * stride] = BigInt(Number(cell));
      },
      tensor: (dims) => new Tensor("int64", data, dims),
    };
  },
  bool(length: number): TensorBuilder {
    const data = new Uint8Array(length);
    return {
      fill(cells, place, stride) {
        for (const [row, cell] of cells.entries()) data[place + row * stride] = Number(cell);
      },
      tensor: (dims) => new Tensor("bool", data, dims),
    };
  },
  string(length: number): TensorBuilder {
    const data = new Array<string>(length).fill("");
    return {
      fill(cells, place, stride) {
        for (let row = 0; row < cells.length; row++) data[place + row * stride] = String(cells[row] ?? "");
      },
      tensor: (dims) => new Tensor("string", data, dims),
    };
  },
};

function fillNumbers(data: Float32Array | Float64Array | Int32Array, cells: Cells, place: number, stride: number): void {
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    data[place + row * stride] = typeof cell === "number" ? cell : cell === null ? Number.NaN : Number(cell);
  }
}
