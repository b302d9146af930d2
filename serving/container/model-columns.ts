import { FalconryError } from "@falconry/environment/error.ts";
import { shown, type Table } from "../table/table.ts";

/** A column that the model reads. */
export interface ModelInput {
  name: string;
  type: "double" | "string";
  /** Whether a request must hold the column; where it need not, absent is missing. */
  required: boolean;
}

export type ModelColumns = Record<string, (number | string | null)[]>;

/**
 * The table's values as the model takes them; null is missing. Columns that the model does not read are left out.
 *
 * @throws FalconryError `request.missing-column`, `request.value` – naming row (counted from 1), column and value
 */
export function toModelColumns(table: Table, inputs: readonly ModelInput[]): ModelColumns {
  return Object.fromEntries(inputs.map((input) => [input.name, columnOf(table, input, inputs)]));
}

function columnOf(table: Table, input: ModelInput, inputs: readonly ModelInput[]): (number | string | null)[] {
  const values = table.columns.get(input.name);
  if (values === undefined) {
    if (input.required) throw missing(`column ${shown(input.name)} is missing`, inputs);
    return new Array<null>(table.rows).fill(null);
  }
  const convert = converters[input.type][table.typed ? "typed" : "text"];
  const column = new Array<number | string | null>(table.rows);
  for (let row = 0; row < table.rows; row += 1) {
    const value = values[row];
    const converted = value === null ? null : convert(value);
    if (converted !== undefined) column[row] = converted;
    else if (value !== undefined) throw unfit(row, input, value, table.typed);
    else if (input.required) throw missing(`row ${row + 1}: column ${shown(input.name)} is missing`, inputs);
    else column[row] = null;
  }
  return column;
}

type Converter = (value: unknown) => number | string | null | undefined;

/** From a request's value to the model's; undefined where it does not fit. */
const converters: Record<ModelInput["type"], Record<"typed" | "text", Converter>> = {
  double: {
    typed(value) {
      if (typeof value === "boolean") return Number(value);
      return typeof value === "number" && fitsFloat(value) ? value : undefined;
    },
    text(value) {
      if (value === "") return null;
      if (typeof value !== "string") return undefined;
      const text = value.trim();
      const number = booleans.get(text.toLowerCase()) ?? (decimal.test(text) ? Number(text) : Number.NaN);
      return fitsFloat(number) ? number : undefined;
    },
  },
  string: {
    typed: (value) => (typeof value === "string" ? value : undefined),
    text: (value) => (typeof value === "string" ? value : undefined),
  },
};

const booleans = new Map([
  ["true", 1],
  ["false", 0],
]);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The graph computes in 32-bit floats: what overflows there is no number for it. */
function fitsFloat(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function missing(message: string, inputs: readonly ModelInput[]): FalconryError {
  const names = inputs.map((input) => input.name).join(", ");
  return new FalconryError("request.missing-column", { message, hint: `The model reads: ${names}. Send null where a value is missing` });
}

function unfit(row: number, input: ModelInput, value: unknown, typed: boolean): FalconryError {
  const wanted = input.type === "double" ? "32-bit number" : "string";
  return new FalconryError("request.value", {
    message: `row ${row + 1}, column ${shown(input.name)}: ${shown(value)} is no ${wanted}`,
    hint: typed
      ? `Send a JSON ${input.type === "double" ? "number" : "string"}, or null where it is missing`
      : "Send a decimal number, or leave the field empty",
  });
}
