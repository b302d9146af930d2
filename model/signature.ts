import { z } from "zod";

const columnSpec = z.object({
  /** "" where the signature gives the column a place but no name. */
  name: z.string().default(""),
  /** MLflow's name of the type: double, float, long, integer, boolean, string; others are passed on as they are. */
  type: z.string(),
  /** False where a request may leave the column out. */
  required: z.boolean().default(true),
});

const tensorSpec = z.object({
  type: z.literal("tensor"),
  name: z.string().optional(),
  "tensor-spec": z.object({ dtype: z.string(), shape: z.array(z.number()) }),
});

export type ColumnSpec = z.infer<typeof columnSpec>;

/** MLflow describes a model's data either as named columns or as tensors. */
export type Schema =
  | { type: "columns"; columns: ColumnSpec[] }
  | { type: "tensors"; tensors: { name?: string; dtype: string; shape: number[] }[] };

/** What a model is asked with and what it answers. */
export interface Signature {
  inputs: Schema;
  outputs?: Schema;
}

/**
 * Signature of a graph that `classifierGraph` makes, or of no classes `regressorGraph`. Every column is required: MLflow's pyfunc fails on
 * a missing optional one.
 */
export function graphSignature({
  features,
  classes,
}: {
  features: { name: string; type: "double" | "string" }[];
  classes: (number | string)[];
}): Signature {
  const outputs = [
    { name: "prediction", type: predictionTypeOf(classes), required: true },
    ...classes.map((label) => ({ name: `probability_${label}`, type: "float", required: true })),
  ];
  return {
    inputs: { type: "columns", columns: features.map(({ name, type }) => ({ name, type, required: true })) },
    outputs: { type: "columns", columns: outputs },
  };
}

function predictionTypeOf([label]: (number | string)[]): string {
  if (label === undefined) return "float";
  return typeof label === "string" ? "string" : "long";
}

/**
 * Why requests made for one model fail on another: one sentence each, none where they do not. A candidate may read fewer columns.
 *
 * @param candidate the model that would be asked
 * @param reference the model that the requests were made for
 */
export function incompatibilities(candidate: Signature, reference: Signature): string[] {
  const found = inputIncompatibilities(candidate.inputs, reference.inputs);
  const [answers, expected] = [predictionKind(candidate.outputs), predictionKind(reference.outputs)];
  if (answers !== undefined && expected !== undefined && answers !== expected)
    found.push(`it predicts a ${answers}, where a ${expected} is expected`);
  return found;
}

function inputIncompatibilities(candidate: Schema, reference: Schema): string[] {
  if (candidate.type === "tensors") return ["its signature describes tensors, not named columns"];
  if (reference.type === "tensors") return ["requests are tensors, and it reads named columns"];
  const sent = new Map(reference.columns.map((column) => [column.name, column]));
  return candidate.columns.flatMap((column) => {
    const counterpart = sent.get(column.name);
    if (counterpart === undefined) return column.required ? [`it needs column "${column.name}", which requests do not hold`] : [];
    if (column.required && !counterpart.required) return [`it needs column "${column.name}", which requests may leave out`];
    if (accepts(column.type, counterpart.type)) return [];
    return [`it reads column "${column.name}" as ${column.type}, requests hold ${counterpart.type}`];
  });
}

/** Types that take each other's values, narrowest first: a wider one reads all that a narrower one can hold. */
const widening = ["boolean", "integer", "long", "float", "double"];

function accepts(candidate: string, sent: string): boolean {
  if (candidate === sent) return true;
  // Every number travels as a JSON number, and float and double are the same to a graph of floats.
  const isReal = (type: string) => type === "float" || type === "double";
  if (isReal(candidate) && isReal(sent)) return true;
  const [to, from] = [widening.indexOf(candidate), widening.indexOf(sent)];
  return from > 0 && to > from;
}

/** What a prediction is: the output called prediction or label, else the first. Undefined where the signature does not say. */
function predictionKind(outputs: Schema | undefined): "string" | "number" | undefined {
  if (outputs === undefined) return undefined;
  const named = outputs.type === "columns" ? outputs.columns : outputs.tensors.map(({ name, dtype }) => ({ name, type: dtype }));
  const prediction = named.find(({ name }) => name === "prediction" || name?.endsWith("label")) ?? named[0];
  if (prediction === undefined) return undefined;
  if (/^(string|str|object)$/.test(prediction.type)) return "string";
  return /^(boolean|bool|u?int|integer|long|float|double)/.test(prediction.type) ? "number" : undefined;
}

/** @param json the list that MLflow writes: of columns or of tensors */
export function parseSchema(json: string): Schema {
  const list = z.array(z.unknown()).parse(JSON.parse(json));
  const tensors = z.array(tensorSpec).safeParse(list);
  if (tensors.success && list.length > 0) {
    return {
      type: "tensors",
      tensors: tensors.data.map(({ name, "tensor-spec": spec }) => ({ ...(name === undefined ? {} : { name }), ...spec })),
    };
  }
  return { type: "columns", columns: z.array(columnSpec).parse(list) };
}

export function formatSchema(schema: Schema): string {
  if (schema.type === "columns") return JSON.stringify(schema.columns.map(({ name, type, required }) => ({ type, name, required })));
  return JSON.stringify(schema.tensors.map(({ name, dtype, shape }) => ({ type: "tensor", name, "tensor-spec": { dtype, shape } })));
}
