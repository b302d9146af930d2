import { test as propertyTest } from "@fast-check/vitest";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { splitIntoRequests } from "./split-requests.ts";
import type { Table } from "./table.ts";

const cells = fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 60 });

propertyTest.prop([cells, fc.boolean(), fc.integer({ min: 200, max: 2_000 })])(
  "the requests hold every row once, in order, each within the limit",
  (values, typed, limit) => {
    const table: Table = { rows: values.length, columns: new Map([["text", values]]), typed };
    const requests = [...splitIntoRequests(table, limit)];
    expect(Math.max(...requests.map(({ body }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(limit);
    const read = requests.map(({ body }) => (typed ? readJson(body) : readCsv(body)));
    expect(read.flatMap(({ columns }) => columns.get("text"))).toEqual(values);
    expect(requests.map(({ rows }) => rows)).toEqual(read.map(({ rows }) => rows));
  },
);

test("a row that is larger than one request is refused by its number", () => {
  const table: Table = { rows: 2, columns: new Map([["text", ["short", "x".repeat(300)]]]), typed: true };
  expect(() => [...splitIntoRequests(table, 100)]).toThrow(
    expect.objectContaining({ code: "request.too-large", message: expect.stringContaining("row 2") }),
  );
});
