import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { float32Below } from "./float32.ts";

test.prop([fc.double({ noNaN: true }), fc.float({ noNaN: true })])(
  "a 32-bit float is at most the rounded number where it is at most the number itself",
  (value, input) => {
    const below = float32Below(value);
    expect(Math.fround(below)).toBe(below);
    expect(input <= below).toBe(input <= value);
    // and so are the rounded number's neighbours
    expect(below <= value).toBe(true);
  },
);

test.each([
  [0.1, 0.09999999403953552],
  [-0.1, -0.10000000149011612],
  [1e-46, 0],
  [-1e-46, -1.401298464324817e-45],
  [1e39, 3.4028234663852886e38],
  [-1e39, Number.NEGATIVE_INFINITY],
  [0, 0],
  [0.5, 0.5],
])("below %d it is %d", (value, expected) => {
  expect(float32Below(value)).toBe(expected);
});
