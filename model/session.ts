import { FalconryError } from "@falconry/environment/error.ts";
import { InferenceSession } from "onnxruntime-node";
import { type Answer, type AnswerReader, answerReader } from "./onnx/answers.ts";
import { ColumnReader, type Columns, type InputColumn, type Table } from "./onnx/columns.ts";
import { type ClassLabel, cutZipMaps, unreadable } from "./onnx/zipmap.ts";
import type { Signature } from "./signature.ts";

/**
 * One thread: a row costs microseconds to compute, and processes, not threads, use the other cores. Only errors are logged (3).
 */
const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 3,
} satisfies InferenceSession.SessionOptions;

/** Most rows that calls of one turn are merged into; a larger call runs alone. */
const maxMergedRows = 1024;

interface Call {
  table: Table;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** A model that can be asked. */
export class OnnxModel {
  /** The columns that the model reads. */
  readonly inputs: readonly InputColumn[];
  /** In the order of a row of probabilities; empty where the model gives none. */
  readonly classes: readonly ClassLabel[];
  readonly #session: InferenceSession;
  readonly #columns: ColumnReader;
  readonly #answers: AnswerReader;
  #waiting: Call[] = [];

  private constructor(session: InferenceSession, columns: ColumnReader, answers: AnswerReader) {
    this.#session = session;
    this.#columns = columns;
    this.#answers = answers;
    this.inputs = columns.inputs;
    this.classes = answers.classes;
  }

  /**
   * @param signature names the columns where the graph reads them all from one matrix
   * @throws FalconryError `model.unreadable`, `model.non-tensor-output`, `model.unsupported-input`, `model.signature-mismatch`,
   *   `model.unknown-outputs`, `model.unknown-classes`
   */
  static async load(bytes: Uint8Array, signature?: Signature): Promise<OnnxModel> {
    const graph = cutZipMaps(bytes);
    const session = await InferenceSession.create(graph.bytes, sessionOptions).catch((error: unknown) => {
      throw unreadable(error);
    });
    return new OnnxModel(session, new ColumnReader(session.inputMetadata, signature), answerReader(session.outputMetadata, graph));
  }

  /**
   * Answers a table, row by row. Calls made in the same turn of the event loop share one run of the graph, whose cost hardly depends on
   * the number of rows; an answer may differ from that of a call alone in the last digit of a float.
   *
   * @param columns every one of {@link inputs}, as many values in each; null is a missing value, and NaN a missing number
   * @throws TypeError, RangeError where a column is missing, shorter than another, or holds what is not of its type
   * @throws FalconryError `model.missing-value`, `model.no-integer`, `model.failed`
   */
  async predict(columns: Columns): Promise<Answer> {
    const table = this.#columns.check(columns);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#answerWaiting());
      this.#waiting.push({ table, resolve, reject });
    });
  }

  /** Frees the graph's memory; the model cannot be asked any more. */
  async close(): Promise<void> {
    await this.#session.release();
  }

  #answerWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const calls of merge(waiting)) void this.#answer(calls);
  }

  async #answer(calls: Call[]): Promise<void> {
    try {
      const answer = await this.#run(calls.map(({ table }) => table));
      let start = 0;
      for (const { table, resolve } of calls) {
        resolve(part(answer, start, start + table.rows));
        start += table.rows;
      }
    } catch (error) {
      // One call's values must not fail its neighbours.
      for (const call of calls) {
        if (calls.length === 1) call.reject(error);
        else await this.#answer([call]);
      }
    }
  }

  async #run(tables: Table[]): Promise<Answer> {
    if (tables.every(({ rows }) => rows === 0))
      return this.classes.length > 0 ? { predictions: [], probabilities: [] } : { predictions: [] };
    const results = await this.#session.run(this.#columns.feeds(tables), this.#answers.outputs).catch((error: unknown) => {
      throw new FalconryError("model.failed", {
        message: `model.onnx does not run on these rows: ${error instanceof Error ? error.message : error}`,
        hint: "Run the graph on them with onnxruntime: the operator that the message names does not take them",
        cause: error,
      });
    });
    return this.#answers.read(results);
  }
}

function merge(calls: Call[]): Call[][] {
  const groups: Call[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const call of calls) {
    rows += call.table.rows;
    if (rows <= maxMergedRows) groups.at(-1)?.push(call);
    else {
      groups.push([call]);
      rows = call.table.rows;
    }
  }
  return groups;
}

function part({ predictions, probabilities }: Answer, start: number, end: number): Answer {
  const rows = { predictions: predictions.slice(start, end) };
  return probabilities === undefined ? rows : { ...rows, probabilities: probabilities.slice(start, end) };
}
