import { expect, test } from "vitest";
import { Newton } from "./newton.ts";

test("a step that leads from one slope to the other, hardly lower, is shortened until it pays", () => {
  // Newton's own step from x leads to -0.96 x
  const power = 1.51;
  const found = new Newton().minimum(
    {
      size: 1,
      at([x = 0]: Float64Array) {
        const size = Math.abs(x);
        return {
          value: 1 + size ** power,
          gradient: () => Float64Array.of(power * Math.sign(x) * size ** (power - 1)),
          curvature: ([direction = 0]: Float64Array) => Float64Array.of(power * (power - 1) * size ** (power - 2) * direction),
          hessian: () => Float64Array.of(power * (power - 1) * size ** (power - 2)),
        };
      },
    },
    Float64Array.of(3),
  );
  expect(found?.[0]).toBeCloseTo(0, 8);
});
