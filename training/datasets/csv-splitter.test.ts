import { fc, test } from "@fast-check/vitest";
import Papa from "papaparse";
import { describe, expect } from "vitest";
import { type CsvRow, CsvSplitter } from "./csv-splitter.ts";

function split(parts: string[], delimiter = ","): CsvRow[] {
  const rows: CsvRow[] = [];
  const splitter = new CsvSplitter(delimiter, (row) => rows.push(row));
  for (const part of parts) splitter.push(part);
  splitter.end();
  return rows;
}

function pieces(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, index) => text.slice(index * length, (index + 1) * length));
}

const field = fc.oneof(fc.string(), fc.constantFrom('"', ",", ";", "\n", "\r\n", "a", "é"));

test.prop([fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 40 })])(
  "however the text is cut, the rows are those that were written",
  (rows, length) => {
    const text = Papa.unparse(rows, { quotes: true, newline: "\n" });
    expect(split(pieces(text, length))).toEqual(rows.map((fields) => ({ fields })));
  },
);

test("lines end with a line feed, with a carriage return before it, or with a carriage return alone", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    expect(split([`a,b${end}1,"2"${end}${end}3,4${end}`])).toEqual([
      { fields: ["a", "b"] },
      { fields: ["1", "2"] },
      { fields: ["3", "4"] },
    ]);
  }
});

describe("a quote that is not closed", () => {
  test("costs its own line only", () => {
    expect(split(['1,2\n3,"4\n5,6\n', "7,8\n"])).toEqual([
      { fields: ["1", "2"] },
      { broken: '3,"4', reason: expect.stringContaining("quotes do not match") },
      { fields: ["5", "6"] },
      { fields: ["7", "8"] },
    ]);
  });

  test("does so far from the end too, where the rest is larger than any record", () => {
    const lines = 50_000;
    const rows = split(pieces(`1,2\n3,"4\n${`5,${"6".repeat(98)}\n`.repeat(lines)}`, 1 << 16));
    expect(rows).toHaveLength(lines + 2);
    expect(rows.filter((row) => "broken" in row)).toEqual([{ broken: '3,"4', reason: expect.stringContaining("not closed") }]);
  });

  test("in every line is given up line by line", () => {
    const lines = 5_000;
    const rows = split(pieces(`1,"a b c\n`.repeat(lines), 1 << 16));
    expect(rows).toHaveLength(lines);
    expect(rows.every((row) => "broken" in row)).toBe(true);
  });
});

test("text behind a closing quote makes the line a broken one", () => {
  expect(split(['"a"b,1\n2,3\n'])).toEqual([{ broken: '"a"b,1', reason: expect.stringContaining("malformed") }, { fields: ["2", "3"] }]);
});

test("a line longer than any record is left out, and the next one is read", () => {
  const rows = split(pieces(`1,2\n${"x".repeat(9 << 20)}\n3,4\n`, 1 << 16));
  expect(rows.map((row) => ("broken" in row ? "broken" : row.fields))).toEqual([["1", "2"], "broken", ["3", "4"]]);
});
