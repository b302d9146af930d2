import type { Workload } from "@falconry/model/workload.ts";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { partRows } from "./part-rows.ts";

type Split = Workload["split"];

const testShare = 0.2;

function rows(count: number) {
  return { keys: [Array.from({ length: count }, (_, key) => String(key))], labels: Array.from({ length: count }, () => 0), classes: [0] };
}

describe("by chance", () => {
  test("a fifth is the test part, the same one for the same seed", () => {
    const split: Split = { type: "random", testShare, seed: 1 };
    const { train, test: tested } = partRows(rows(100), split, []);
    expect([train.length, tested.length]).toEqual([80, 20]);
    expect(partRows(rows(100), split, []).test).toEqual(tested);
    expect(partRows(rows(100), { ...split, seed: 2 }, []).test).not.toEqual(tested);
  });
});

describe("by group", () => {
  const split: Split = { type: "group", column: "patient", testShare, seed: 1 };

  test.prop([fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 20 }).filter((groups) => new Set(groups).size > 3)])(
    "no group is in both parts, and the test part has its share at least",
    (groups) => {
      const { train, test: tested } = partRows(
        rows(groups.length),
        split,
        groups.map((group) => [group]),
      );
      const inTrain = new Set(train.map((row) => groups[row]));
      expect(tested.some((row) => inTrain.has(groups[row]))).toBe(false);
      expect(tested.length).toBeGreaterThanOrEqual(Math.round(groups.length * testShare));
    },
  );

  test("rows of one group cannot be parted", () => {
    expect(() =>
      partRows(
        rows(9),
        split,
        rows(9).labels.map(() => ["a"]),
      ),
    ).toThrow(expect.objectContaining({ code: "train.too-few-rows" }));
  });
});

describe("by time", () => {
  test("the last rows are the test part, wherever they stand", () => {
    const days = ["2024-03-05", "2024-03-01", "2024-03-04", "2024-03-02", "2024-03-03"];
    const split: Split = { type: "time", columns: ["day"], testShare, seed: 1 };
    expect(
      partRows(
        rows(5),
        split,
        days.map((day) => [day]),
      ).test,
    ).toEqual([0]);
  });

  test("year, month by its name and day are one time", () => {
    const times = [
      [2016, "January", 2],
      [2015, "December", 31],
      [2016, "January", 10],
      [2015, "April", 30],
      [2016, "February", 1],
    ];
    const split: Split = { type: "time", columns: ["year", "month", "day"], testShare: 0.4, seed: 1 };
    expect(partRows(rows(5), split, times).test).toEqual([2, 4]);
  });

  test("rows of one moment stay together", () => {
    const split: Split = { type: "time", columns: ["hour"], testShare, seed: 1 };
    expect(partRows(rows(6), split, [[1], [2], [3], [3], [3], [3]]).test).toEqual([2, 3, 4, 5]);
  });
});

describe("by a given value", () => {
  const split: Split = { type: "given", column: "part", test: ["test", "holdout"] };
  const parts = [["train"], ["test"], ["train"], ["holdout"]];

  test("the rows that hold one of the named values are the test part", () => {
    expect(partRows(rows(4), split, parts)).toEqual({ train: [0, 2], test: [1, 3] });
  });

  test("a value of the file is the one that was declared, whatever type a reader gives it", () => {
    expect(partRows(rows(3), { ...split, test: [5, true] }, [[5n], [true], [4n]]).test).toEqual([0, 1]);
  });

  test.each([
    [
      "none is named",
      ["train", "valid"],
      '2 rows cannot be parted into some to fit on and some to test on: "part" is train, valid, and the test part is test, holdout',
    ],
    [
      "all are",
      ["test", "holdout"],
      '2 rows cannot be parted into some to fit on and some to test on: "part" is holdout, test, and the test part is test, holdout',
    ],
  ])("where %s the error says what there is", (_, held, message) => {
    const asked = () =>
      partRows(
        rows(2),
        split,
        held.map((value) => [value]),
      );
    expect(asked).toThrow(expect.objectContaining({ code: "train.too-few-rows", message }));
  });
});
