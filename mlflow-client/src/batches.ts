import { type Entry, type KeyValue, type WireMetric, wireMetric } from "./entry.ts";
import { keyValues } from "./json-object.ts";
import type { Metric } from "./run.ts";

export interface BatchContent {
  metrics?: readonly Metric[];
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

/** The body of one log-batch request. */
export interface Batch {
  run_id: string;
  params: KeyValue[];
  tags: KeyValue[];
  metrics: WireMetric[];
}

/** MLflow's limits of one log-batch request (mlflow/utils/validation.py); bytes are those of the body in UTF-8. */
export const batchLimits = { bytes: 1_000_000, entries: 1000, metrics: 1000, params: 100, tags: 100 };

/**
 * Splits what is to be logged into as few batches as the limits allow, keeping the order: params, then tags, then metrics.
 * An entry too large for any batch stands alone, for the server to refuse.
 */
export function splitBatches(runId: string, content: BatchContent): Batch[] {
  return splitEntries(runId, entriesOf(content));
}

/** Splits entries as {@link splitBatches} does, in the order given. */
export function splitEntries(runId: string, entries: Iterable<Entry>): Batch[] {
  const batches: Batch[] = [];
  let batch = emptyBatch(runId);
  let bytes = bytesOf(batch);
  for (const entry of entries) {
    // The comma before an entry is counted for the first one of its list, too: at most three bytes in a million.
    const size = bytesOf(entry.item) + 1;
    if (!fits(batch, bytes + size, entry.kind)) {
      batches.push(batch);
      batch = emptyBatch(runId);
      bytes = bytesOf(batch);
    }
    if (entry.kind === "metrics") batch.metrics.push(entry.item);
    else batch[entry.kind].push(entry.item);
    bytes += size;
  }
  return entryCount(batch) === 0 ? batches : [...batches, batch];
}

function entriesOf({ params, tags, metrics = [] }: BatchContent): Entry[] {
  return [
    ...keyValues(params).map((item): Entry => ({ kind: "params", item })),
    ...keyValues(tags).map((item): Entry => ({ kind: "tags", item })),
    ...metrics.map((metric): Entry => ({ kind: "metrics", item: wireMetric(metric) })),
  ];
}

function fits(batch: Batch, bytes: number, kind: Entry["kind"]): boolean {
  const count = entryCount(batch);
  return count === 0 || (bytes <= batchLimits.bytes && count < batchLimits.entries && batch[kind].length < batchLimits[kind]);
}

function emptyBatch(runId: string): Batch {
  return { run_id: runId, params: [], tags: [], metrics: [] };
}

function entryCount(batch: Batch): number {
  return batch.params.length + batch.tags.length + batch.metrics.length;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
