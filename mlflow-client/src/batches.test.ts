import { fc, test as law } from "@fast-check/vitest";
import { describe, expect, test, vi } from "vitest";
import { type Batch, type BatchContent, batchLimits, splitBatches } from "./batches.ts";

// Millions of entries are made and counted: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const texts = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant("é".repeat(6000)) },
);
const metric = fc.record({
  key: fc.string({ minLength: 1, maxLength: 50 }),
  value: fc.double(),
  timestamp: fc.integer({ min: 0 }),
  step: fc.integer(),
});

const contents: fc.Arbitrary<BatchContent> = fc.record({
  metrics: repeated(metric, 2500),
  params: repeated(texts, 350).map(numbered),
  tags: repeated(texts, 350).map(numbered),
});

describe("however much is logged", () => {
  law.prop([contents])("no batch exceeds a limit of the server", (content) => {
    for (const batch of splitBatches("run", content)) {
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(batchLimits.bytes);
      expect(batch.metrics.length).toBeLessThanOrEqual(batchLimits.metrics);
      expect(batch.params.length).toBeLessThanOrEqual(batchLimits.params);
      expect(batch.tags.length).toBeLessThanOrEqual(batchLimits.tags);
      expect(entryCount(batch)).toBeLessThanOrEqual(batchLimits.entries);
    }
  });

  law.prop([contents])("every entry is in one batch, in the order given", (content) => {
    const batches = splitBatches("run", content);
    expect(batches.flatMap((batch) => batch.metrics).map(({ key, timestamp, step }) => ({ key, timestamp, step }))).toEqual(
      content.metrics?.map(({ key, timestamp, step }) => ({ key, timestamp, step })),
    );
    expect(batches.flatMap((batch) => batch.metrics).map(({ value }) => Number(value))).toEqual(content.metrics?.map(({ value }) => value));
    expect(Object.fromEntries(batches.flatMap((batch) => batch.params).map(({ key, value }) => [key, value]))).toEqual(content.params);
    expect(Object.fromEntries(batches.flatMap((batch) => batch.tags).map(({ key, value }) => [key, value]))).toEqual(content.tags);
  });

  law.prop([contents])("no batch is empty, and none could have taken the next one's first entry", (content) => {
    const batches = splitBatches("run", content);
    batches.forEach((batch, index) => {
      expect(entryCount(batch)).toBeGreaterThan(0);
      const next = batches[index + 1];
      if (next !== undefined) expect(isFullFor(batch, next)).toBe(true);
    });
  });
});

test("nothing to log is no batch", () => {
  expect(splitBatches("run", {})).toEqual([]);
});

test("a number that JSON has no word for is written as protobuf does", () => {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1];
  const [batch] = splitBatches("run", { metrics: values.map((value, step) => ({ key: "loss", value, timestamp: 1, step })) });
  expect(batch?.metrics.map(({ value }) => value)).toEqual(["NaN", "Infinity", "-Infinity", 0.1]);
});

test.each([{ step: 0.5 }, { step: Number.NaN }, { timestamp: 1.5 }, { timestamp: 2 ** 63 }])(
  "%j, which MLflow would take as 0, is refused",
  (odd) => {
    const metric = { key: "loss", value: 1, timestamp: 1, step: 0, ...odd };
    expect(() => splitBatches("run", { metrics: [metric] })).toThrow('metric "loss": step');
  },
);

test("an entry larger than a batch may be stands alone", () => {
  const batches = splitBatches("run", { params: { a: "1", b: "x".repeat(batchLimits.bytes), c: "2" } });
  expect(batches.map((batch) => batch.params.map(({ key }) => key))).toEqual([["a"], ["b"], ["c"]]);
});

/** Up to `maxCount` items out of a few: long lists made quickly. */
function repeated<T>(item: fc.Arbitrary<T>, maxCount: number): fc.Arbitrary<T[]> {
  return fc
    .tuple(fc.array(item, { minLength: 1, maxLength: 10 }), fc.integer({ min: 0, max: maxCount }))
    .map(([few, count]) => Array.from({ length: count }, (_, index) => few[index % few.length]).filter((one) => one !== undefined));
}

function numbered(values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`key ${index}`, value]));
}

function isFullFor(batch: Batch, next: Batch): boolean {
  const kind = next.params.length > 0 ? "params" : next.tags.length > 0 ? "tags" : "metrics";
  const bytes = Buffer.byteLength(JSON.stringify(batch)) + Buffer.byteLength(JSON.stringify(next[kind][0])) + 3;
  return batch[kind].length === batchLimits[kind] || entryCount(batch) === batchLimits.entries || bytes > batchLimits.bytes;
}

function entryCount({ metrics, params, tags }: Batch): number {
  return metrics.length + params.length + tags.length;
}
