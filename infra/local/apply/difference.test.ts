import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { changedInputs, withIgnored } from "./difference.ts";

const inputs = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.jsonValue());
const names = fc.subarray(["a", "b", "c", "d"]);

test("changed, added and dropped inputs are named", () => {
  expect(changedInputs({ same: [1, { x: 2 }], changed: 1, dropped: 1 }, { same: [1, { x: 2 }], changed: 2, added: 1 }, [])).toEqual([
    "added",
    "changed",
    "dropped",
  ]);
});

test.prop([inputs, names])("nothing differs from itself", (recorded, ignored) => {
  expect(changedInputs(recorded, structuredClone(recorded), ignored)).toEqual([]);
});

test.prop([inputs, inputs, names])("an ignored input is never among the changes", (recorded, wanted, ignored) => {
  expect(changedInputs(recorded, wanted, ignored).filter((name) => ignored.includes(name))).toEqual([]);
});

test.prop([inputs, inputs, names])(
  "what is kept of the record differs from it only where a change is not ignored",
  (recorded, wanted, ignored) => {
    const known = ignored.filter((name) => name in recorded);
    expect(changedInputs(recorded, withIgnored(recorded, wanted, known), [])).toEqual(changedInputs(recorded, wanted, known));
  },
);
