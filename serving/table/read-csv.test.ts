import { test as propertyTest } from "@fast-check/vitest";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { readCsv } from "./read-csv.ts";

test("the header names the columns, every value is text, a quoted field may hold anything", () => {
  const table = readCsv('mass,orbit\r\n1.5,"LEO, ""low""\n"\r\n,GTO\r\n');
  expect(table.rows).toBe(2);
  expect(Object.fromEntries(table.columns)).toEqual({ mass: ["1.5", ""], orbit: ['LEO, "low"\n', "GTO"] });
});

test("an empty line in a file of one column is a row with a missing value", () => {
  expect(readCsv("mass\n1\n\n").columns.get("mass")).toEqual(["1", ""]);
});

test.each(["\n", "\r\n\r\n", "  \n\n", "   "])("blank lines at the end of several columns are no rows: %j", (end) => {
  expect(Object.fromEntries(readCsv(`mass,orbit\n1,LEO\n${end}`).columns)).toEqual({ mass: ["1"], orbit: ["LEO"] });
});

describe("what is no CSV is refused with its place", () => {
  test.each([
    ["", "request.empty", "no row below its header"],
    ["mass,orbit\n", "request.empty", "no row below its header"],
    ["mass,orbit\n\n\n", "request.empty", "no row below its header"],
    ["mass,orbit\n\n1,LEO\n", "request.malformed", "row 1: 1 fields for 2 columns"],
    ["mass,mass\n1,2\n", "request.malformed", 'column "mass" is there twice'],
    ["mass,orbit\n1,LEO\n2\n", "request.malformed", "row 2: 1 fields for 2 columns"],
    ['mass,orbit\n1,"LEO\n', "request.malformed", "row 1: Quoted field unterminated"],
  ])("%j", (text, code, message) => {
    expect(() => readCsv(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

const header = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
const csv = header.chain((fields) => {
  const row = fc.array(fc.string(), { minLength: fields.length, maxLength: fields.length });
  return fc.record({ fields: fc.constant(fields), data: fc.array(row, { minLength: 1, maxLength: 5 }) });
});

propertyTest.prop([csv])("what was written is what is read", ({ fields, data }) => {
  const { columns, rows } = readCsv(Papa.unparse({ fields, data }, { quotes: true }));
  expect(rows).toBe(data.length);
  expect([...columns]).toEqual(fields.map((name, index) => [name, data.map((row) => row[index])]));
});
