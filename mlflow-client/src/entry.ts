import type { Metric, RunStatus } from "./run.ts";

/** One thing logged to a run, in the words of the log-batch request. */
export type Entry = { kind: "params" | "tags"; item: KeyValue } | { kind: "metrics"; item: WireMetric };

/** The last entry of a run: what it ends as. */
export type End = { kind: "end"; item: { status: RunStatus; end_time: number } };

export type KeyValue = { key: string; value: string };
export type WireMetric = {
  key: string;
  value: number | string;
  timestamp: number;
  step: number;
  model_id?: string;
  dataset_name?: string;
  dataset_digest?: string;
};

/** Protobuf's JSON has NaN, Infinity and -Infinity as strings. @throws TypeError for a step or a time that MLflow would take as 0 */
export function wireMetric({ key, value, timestamp, step, modelId, dataset }: Metric): WireMetric {
  if (!Number.isSafeInteger(step) || !Number.isSafeInteger(timestamp)) {
    throw new TypeError(`metric "${key}": step ${step} and timestamp ${timestamp} must be integers`);
  }
  const of = { ...(modelId && { model_id: modelId }), ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }) };
  return { key, value: Number.isFinite(value) ? value : String(value), timestamp, step, ...of };
}
