import type { Frame } from "@falconry/model/frame.ts";
import type { OnnxModel } from "@falconry/model/session.ts";
import { Unmeasurable } from "./unmeasurable.ts";

export type Answers = Awaited<ReturnType<OnnxModel["predict"]>>;

/** Runs a model on rows of a feature set. @throws Unmeasurable where the rows lack a column of the model, or the graph does not run on them */
export async function answersOn(model: OnnxModel, rows: Frame): Promise<Answers> {
  const missing = model.inputs.filter(({ name }) => !(name in rows.columns)).map(({ name }) => name);
  if (missing.length > 0) throw new Unmeasurable(`the rows have no column ${missing.join(", ")}, which the model needs`);
  try {
    return await model.predict(Object.fromEntries(model.inputs.map(({ name }) => [name, columnOf(rows, name).map(plain)])));
  } catch (error) {
    // onnxruntime throws plain errors, for a batch of fixed size say: whatever it is, it is the version's fault, and must not leave it unjudged
    throw new Unmeasurable(`the rows do not fit the model: ${error instanceof Error ? error.message : error}`);
  }
}

export function columnOf(rows: Frame, name: string): Frame["columns"][string] {
  const column = rows.columns[name];
  if (column === undefined) throw new Unmeasurable(`the rows have no column "${name}"`);
  return column;
}

/** The rows at the given places. */
export function rowsAt(rows: Frame, places: number[]): Frame {
  const pick = (column: Frame["columns"][string]) => places.map((place) => column[place] ?? null);
  return {
    rows: places.length,
    columns: Object.fromEntries(Object.entries(rows.columns).map(([name, column]) => [name, pick(column)])),
  };
}

/** One string per row that names it. */
export function keysOf(rows: Frame, key: string[]): string[] {
  const columns = key.map((name) => columnOf(rows, name));
  return Array.from({ length: rows.rows }, (_, row) => JSON.stringify(columns.map((column) => column[row])));
}

function plain(value: Frame["columns"][string][number]): number | string | null {
  return typeof value === "boolean" ? Number(value) : value;
}
