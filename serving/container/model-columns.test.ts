import { describe, expect, test } from "vitest";
import { type ModelInput, toModelColumns } from "./model-columns.ts";

const inputs: ModelInput[] = [
  { name: "mass", type: "double", required: true },
  { name: "orbit", type: "string", required: true },
  { name: "note", type: "string", required: false },
];

function columnsOf(columns: Record<string, unknown[]>, typed = true) {
  return toModelColumns({ rows: 1, columns: new Map(Object.entries({ mass: [1], orbit: ["LEO"], ...columns })), typed }, inputs);
}

test("null is missing, a boolean is 0 or 1, columns beside the model's are left out", () => {
  expect(columnsOf({ mass: [true], orbit: [null], wind: ["n"] })).toEqual({ mass: [1], orbit: [null], note: [null] });
});

describe("CSV", () => {
  test.each([
    ["", null],
    ["1.5", 1.5],
    [" -2e3 ", -2000],
    [".5", 0.5],
    ["TRUE", 1],
    ["false", 0],
  ])("%j is %j for a column of numbers", (text, number) => {
    expect(columnsOf({ mass: [text] }, false).mass).toEqual([number]);
  });

  test.each(["heavy", "0x10", "NaN", "Infinity", "1e39", "1,5"])("%j is no number", (text) => {
    expect(() => columnsOf({ mass: [text] }, false)).toThrow(`row 1, column "mass": "${text}" is no 32-bit number`);
  });
});

describe("JSON", () => {
  test.each(["12", [], {}, 1e39])("%j is no number", (value) => {
    expect(() => columnsOf({ mass: [value] })).toThrow(expect.objectContaining({ code: "request.value" }));
  });

  test.each([12, true, [], {}])("%j is no string", (value) => {
    expect(() => columnsOf({ orbit: [value] })).toThrow(expect.objectContaining({ code: "request.value" }));
  });
});

test("a column that is nowhere, and one that a row lacks, are named", () => {
  expect(() => toModelColumns({ rows: 1, columns: new Map(), typed: true }, inputs)).toThrow('column "mass" is missing');
  expect(() => columnsOf({ orbit: [undefined] })).toThrow('row 1: column "orbit" is missing');
});
