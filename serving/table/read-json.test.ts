import { FalconryError } from "@falconry/environment/error.ts";
import { test as propertyTest } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "./read-json.ts";

const names = ["mass", "orbit"];

describe("every format of MLflow gives the same table", () => {
  test.each([
    {
      dataframe_split: {
        columns: ["orbit", "mass"],
        data: [
          ["LEO", 1],
          ["GTO", null],
        ],
      },
    },
    {
      dataframe_split: {
        index: [0, 1],
        columns: ["mass", "orbit"],
        data: [
          [1, "LEO"],
          [null, "GTO"],
        ],
      },
    },
    {
      dataframe_records: [
        { mass: 1, orbit: "LEO" },
        { orbit: "GTO", mass: null, more: true },
      ],
    },
    { inputs: { mass: [1, null], orbit: ["LEO", "GTO"] } },
    {
      inputs: [
        { mass: 1, orbit: "LEO" },
        { mass: null, orbit: "GTO" },
      ],
    },
    {
      instances: [
        { mass: 1, orbit: "LEO" },
        { mass: null, orbit: "GTO" },
      ],
    },
    {
      instances: [
        [1, "LEO"],
        [null, "GTO"],
      ],
    },
  ])("%j", (request) => {
    const table = readJson(JSON.stringify(request), names);
    expect(table.rows).toBe(2);
    expect(Object.fromEntries(table.columns)).toEqual({ mass: [1, null], orbit: ["LEO", "GTO"] });
  });
});

describe("what has no such shape is refused with its place", () => {
  test.each([
    ["[1", "request.malformed", "no JSON"],
    ["[]", "request.shape", "the request is a list, no object"],
    ["{}", "request.shape", "the request is {}"],
    ['{"rows":[]}', "request.shape", 'the request holds "rows", and no rows'],
    ['{"instances":[],"params":{}}', "request.shape", 'the request holds "params" beside "instances"'],
    ['{"instances":[]}', "request.empty", '"instances" holds no row'],
    ['{"inputs":{}}', "request.empty", '"inputs" holds no row'],
    ['{"instances":7}', "request.shape", '"instances" is 7, no list of rows'],
    ['{"dataframe_records":[{},"x"]}', "request.shape", '"dataframe_records", row 2: "x" is no object of columns'],
    ['{"dataframe_split":{"columns":["a"],"data":[[1],[1,2]]}}', "request.shape", '"dataframe_split", row 2: 2 values for 1 columns'],
    ['{"dataframe_split":{"columns":["a","a"],"data":[[1,2]]}}', "request.shape", 'column "a" is there twice'],
    ['{"dataframe_split":{"columns":[7],"data":[[1]]}}', "request.shape", "column 1 is named 7, no string"],
    ['{"inputs":{"mass":[1,2],"orbit":["LEO"]}}', "request.shape", 'column "orbit": 1 values where other columns have 2'],
    ['{"instances":[[1]]}', "request.shape", '"instances", row 1: 1 values for 2 columns'],
  ])("%s", (text, code, message) => {
    expect(() => readJson(text, names)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

test("a column that a record lacks is undefined there, not missing from the others", () => {
  const { columns } = readJson('{"instances":[{"mass":1},{"orbit":"LEO"}]}');
  expect(Object.fromEntries(columns)).toEqual({ mass: [1, undefined], orbit: [undefined, "LEO"] });
});

test("names of JavaScript's own objects are columns like any other", () => {
  const { columns } = readJson('{"instances":[{"__proto__":1,"constructor":2}]}', ["__proto__", "constructor", "toString"]);
  expect([...columns].map(([name, [value]]) => [name, value])).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
    ["toString", undefined],
  ]);
});

propertyTest.prop([fc.json()])("any JSON is read or refused as the sender's mistake", (text) => {
  try {
    expect(readJson(text, names).rows).toBeGreaterThan(0);
  } catch (error) {
    expect(error).toBeInstanceOf(FalconryError);
  }
});
