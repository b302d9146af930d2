import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { canonicalJson, sha256 } from "./canonical.ts";

test("keys are sorted and no space is left", () => {
  expect(canonicalJson({ b: [1.0, true, null], a: "ä" })).toBe('{"a":"ä","b":[1,true,null]}');
});

test.prop([fc.jsonValue()])("canonical JSON says what the value says", (value) => {
  expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
});

test.prop([fc.dictionary(fc.string(), fc.jsonValue())])("the order in which keys were set leaves no trace", (value) => {
  const reversed = Object.fromEntries(Object.entries(value).reverse());
  expect(canonicalJson(reversed)).toBe(canonicalJson(value));
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined]])("%s has no JSON", (value) => {
  expect(() => canonicalJson(value)).toThrow();
});

test("a string is hashed as UTF-8", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256("é")).toBe(sha256(Uint8Array.of(0xc3, 0xa9)));
});
