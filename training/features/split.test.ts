import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { keyOf } from "./feature-table.ts";
import { dealtFolds, requireEveryClass, stratifiedSplit } from "./split.ts";

const labelled = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 80 }).map((labels) => ({
  labels,
  keys: [labels.map(() => "2020-01-01"), labels.map((_, row) => `B${row}`)],
  classes: [0, 1, 2],
}));
const seed = fc.nat();
const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const inClass = (labels: number[], rows: number[], label: number) => rows.filter((row) => labels[row] === label).length;

test.prop([labelled, share, seed])("a split is a partition of the rows", (rows, testShare, seed) => {
  const { train, test } = stratifiedSplit(rows, testShare, seed);
  expect([...train, ...test].sort((a, b) => a - b)).toEqual(rows.labels.map((_, row) => row));
  expect(test).toHaveLength(Math.round(rows.labels.length * testShare));
});

test.prop([labelled, share, seed])("a split gives each class its share, to one row", (rows, testShare, seed) => {
  const { test } = stratifiedSplit(rows, testShare, seed);
  for (const label of rows.classes) {
    const all = rows.labels.filter((each) => each === label).length;
    expect(Math.abs(inClass(rows.labels, test, label) - all * testShare)).toBeLessThan(1);
  }
});

test.prop([labelled, share, seed])("a row goes where its key says, whatever the order of rows", (rows, testShare, seed) => {
  const reversed = { ...rows, keys: rows.keys.map((values) => values.toReversed()), labels: rows.labels.toReversed() };
  const keysOf = (table: typeof rows) => new Set(stratifiedSplit(table, testShare, seed).test.map((row) => keyOf(table, row).join()));
  // where two classes have equal remainders, the class that comes first gets the row, and that is no matter of order either
  expect(keysOf(reversed)).toEqual(keysOf(rows));
});

test.prop([labelled, fc.integer({ min: 2, max: 10 }), seed])(
  "folds are a partition, and even in size and in each class",
  (rows, count, seed) => {
    const folds = dealtFolds(rows, count, seed);
    expect(folds.flat().sort((a, b) => a - b)).toEqual(rows.labels.map((_, row) => row));
    const spread = (sizes: number[]) => Math.max(...sizes) - Math.min(...sizes);
    expect(spread(folds.map((fold) => fold.length))).toBeLessThanOrEqual(1);
    for (const label of rows.classes) expect(spread(folds.map((fold) => inClass(rows.labels, fold, label)))).toBeLessThanOrEqual(1);
  },
);

test.prop([fc.array(fc.nat(20), { minLength: 1, maxLength: 80 }), fc.integer({ min: 2, max: 10 }), seed])(
  "folds of rows in groups are a partition that parts no group",
  (numbers, count, seed) => {
    const groups = numbers.map((number) => `group ${number}`);
    const rows = { keys: [groups], labels: numbers, classes: [], groups };
    fc.pre(new Set(groups).size >= count);
    const folds = dealtFolds(rows, count, seed);
    expect(folds.flat().sort((a, b) => a - b)).toEqual(groups.map((_, row) => row));
    const foldsOf = (group: string) => folds.filter((fold) => fold.some((row) => groups[row] === group)).length;
    for (const group of groups) expect(foldsOf(group)).toBe(1);
    for (const fold of folds) expect(fold.length).toBeGreaterThan(0);
  },
);

test.each([
  ["fewer groups than folds", ["a", "a", "b", "b"], [0, 1, 0, 1], "2 groups cannot be dealt into 3 folds"],
  ["a class of one group", ["a", "b", "c", "c"], [0, 0, 1, 1], 'class "yes" is in 1 of 3 folds: its rows are of too few groups'],
])("%s is refused", (_, groups, labels, message) => {
  const rows = { groups, labels, keys: [labels.map(String)], classes: ["no", "yes"] };
  expect(() => dealtFolds(rows, 3, 1)).toThrow(expect.objectContaining({ code: "train.too-few-rows", message }));
});

test("a regression's rows are dealt evenly, and needs as many as folds", () => {
  const rows = { keys: [Array.from({ length: 11 }, (_, row) => `${row}`)], labels: new Array(11).fill(0.5), classes: [] };
  expect(
    dealtFolds(rows, 3, 1)
      .map((fold) => fold.length)
      .sort(),
  ).toEqual([3, 4, 4]);
  expect(() => requireEveryClass(rows, rows, 12)).toThrow("11 rows to fit on cannot be dealt into 12 folds");
});

test("another seed is another split", () => {
  const rows = { labels: new Array(40).fill(0), keys: [Array.from({ length: 40 }, (_, row) => `${row}`)], classes: [0] };
  expect(stratifiedSplit(rows, 0.25, 1).test).not.toEqual(stratifiedSplit(rows, 0.25, 2).test);
});

test("a class that some fold would lack is refused with the numbers", () => {
  const part = (labels: number[]) => ({ labels, keys: [labels.map((_, row) => `${row}`)], classes: ["no", "yes"] });
  const refusal = () => requireEveryClass(part([0, 0, 0, 0, 1, 1]), part([0, 1]), 3);
  expect(refusal).toThrow(
    expect.objectContaining({
      code: "train.too-few-rows",
      message: 'class "yes" has 2 rows to fit on and 1 to test on; 3 folds need 3 and 1',
    }),
  );
  expect(() => requireEveryClass(part([0, 0, 1, 1]), part([0]), 2)).toThrow(expect.objectContaining({ code: "train.too-few-rows" }));
});
