import type { Column } from "@falconry/model/workload.ts";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { recordValidator } from "./validate-record.ts";

const described = { description: "a column" };

function check(column: Omit<Column, "description">, value: unknown) {
  const validate = recordValidator({ columns: { id: { ...described, type: "string" }, x: { ...described, ...column } }, key: ["id"] });
  const checked = validate(["1", value]);
  return "problem" in checked ? checked.problem.reason : checked.values[1];
}

describe("a value keeps to its declared type", () => {
  test.each([
    ["number", "12.5", 12.5],
    ["number", " -1e3 ", -1000],
    ["number", 7, 7],
    ["number", "heavy", "it is no number"],
    ["number", "0x10", "it is no number"],
    ["number", "1e999", "it is no number"],
    ["number", "NaN", "it is no number"],
    ["number", true, "it is no number"],
    ["integer", "3", 3],
    ["integer", "3.0", 3],
    ["integer", "3.5", "it is no whole number"],
    ["integer", "9007199254740993", "it is no whole number"],
    ["boolean", "True", true],
    ["boolean", "0", false],
    ["boolean", false, false],
    ["boolean", "yes", "it is neither true nor false"],
    ["boolean", { toString: "" }, "it is neither true nor false"],
    ["date", "2020-02-29", "2020-02-29"],
    ["date", "2021-02-29", "it is no day written as YYYY-MM-DD"],
    ["date", "29.02.2020", "it is no day written as YYYY-MM-DD"],
    ["string", "KSC LC 39A", "KSC LC 39A"],
    ["string", 39, "it is no text"],
    ["string", "caf\uFFFD", "it is no valid UTF-8"],
    ["string", "\uD800", "it is no valid UTF-8"],
    ["string", "a\0b", "it holds a NUL character"],
  ] as const)("%s: %j is %j", (type, given, expected) => {
    expect(check({ type }, given)).toBe(expected);
  });
});

describe("a missing value", () => {
  test.each([undefined, null, ""])("is accepted where the column is optional: %j", (missing) => {
    expect(check({ type: "number", optional: true }, missing)).toBeNull();
  });

  test("is a problem where the column is not optional", () => {
    expect(check({ type: "number" }, "")).toBe("it is missing");
  });

  test("is a problem in the key, optional or not", () => {
    const columns = { id: { ...described, type: "string" as const, optional: true } };
    expect(recordValidator({ columns, key: ["id"] })([undefined])).toEqual({
      problem: { column: "id", value: null, reason: "it is missing, and part of the key" },
    });
  });
});

test.each([
  ["1,5", 1.5],
  ["1.234,5", 1234.5],
  ["1.234.567", 1_234_567],
  ["0.123", 0.123],
  ["-3", -3],
  ["1,2,3", "it is no number"],
])("with decimal commas %s is %s", (given, expected) => {
  const columns = { id: { ...described, type: "string" as const }, x: { ...described, type: "number" as const } };
  const checked = recordValidator({ columns, key: ["id"], source: { sample: "x.csv", decimalComma: true } })(["1", given]);
  expect("problem" in checked ? checked.problem.reason : checked.values[1]).toBe(expected);
});

test.each([
  ["date", ["D.M.YYYY", "YYYY-MM-DD"], "9.2.2020", "2020-02-09"],
  ["date", ["D.M.YYYY", "YYYY-MM-DD"], "2020-02-09", "2020-02-09"],
  ["date", ["D.M.YYYY"], "2020-02-09", "it is no day written as D.M.YYYY"],
  ["timestamp", undefined, "2024-01-02T03:04:05.678+02:00", "2024-01-02T01:04:05.678Z"],
  ["timestamp", undefined, "2024-01-02 3:04", "2024-01-02T03:04:00.000Z"],
  ["timestamp", ["D/M/YYYY"], "2/1/2024 03:04:05", "2024-01-02T03:04:05.000Z"],
  ["timestamp", undefined, "2024-01-02", "2024-01-02T00:00:00.000Z"],
  ["timestamp", undefined, "2024-01-02 25:00", "it is no day and time written as YYYY-MM-DD and HH:MM:SS"],
] as const)("a %s written as %j: %s is %s", (type, formats, given, expected) => {
  expect(check({ type, ...(formats && { formats: [formats[0], ...formats.slice(1)] }) }, given)).toBe(expected);
});

test("a text that stands for a missing value is one, whatever the type", () => {
  const columns = { id: { ...described, type: "string" as const }, x: { ...described, type: "number" as const, optional: true } };
  const validate = recordValidator({ columns, key: ["id"], source: { sample: "x.csv", missing: ["NA"] } });
  expect(validate(["1", "NA"])).toEqual({ values: ["1", null] });
  expect(validate(["NA", "1"])).toMatchObject({ problem: { column: "id", reason: "it is missing, and part of the key" } });
});

test("a number outside of its range is refused with the range and its unit", () => {
  expect(check({ type: "number", range: { min: 1, max: 22_800 }, unit: "kg" }, "0")).toBe("it is outside of 1 to 22800 kg");
});

test("a text that is none of the declared values is refused with the list", () => {
  expect(check({ type: "string", values: ["RTLS", "ASDS"] }, "sea")).toBe("it is none of RTLS, ASDS");
});

test.prop([fc.anything(), fc.constantFrom("number", "integer", "boolean", "string", "date" as const)])(
  "any value is either accepted or has a reason, and nothing throws",
  (value, type) => {
    const column = { ...described, type: type as Column["type"], optional: true };
    const checked = recordValidator({ columns: { id: { ...described, type: "string" }, x: column }, key: ["id"] })(["1", value]);
    expect("problem" in checked ? checked.problem.reason : checked.values).toHaveLength(
      "problem" in checked ? checked.problem.reason.length : 2,
    );
  },
);
