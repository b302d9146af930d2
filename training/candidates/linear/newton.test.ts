import { describe, expect, test } from "vitest";
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

describe("the second derivative of another function", () => {
  /** How often it was built is counted. */
  const parabola = (bend: number, lowest: number) => {
    const counted = { built: 0 };
    const convex = {
      size: 1,
      at: ([x = 0]: Float64Array) => ({
        value: 1 + (bend * (x - lowest) ** 2) / 2,
        gradient: () => Float64Array.of(bend * (x - lowest)),
        curvature: ([direction = 0]: Float64Array) => Float64Array.of(bend * direction),
        hessian: () => {
          counted.built += 1;
          return Float64Array.of(bend);
        },
      }),
    };
    return { convex, counted };
  };

  test.each([
    ["serves where it is nearly the same", 1.05, 0],
    ["is left where its steps go too far", 1000, 1],
    ["is left where its steps are too short", 0.001, 1],
  ])("%s", (_, bend, built) => {
    const newton = new Newton();
    newton.minimum(parabola(1, 0).convex, Float64Array.of(7));
    const { convex, counted } = parabola(bend, 3);
    expect(newton.minimum(convex, Float64Array.of(7))?.[0]).toBeCloseTo(3, 8);
    expect(counted.built).toBe(built);
  });
});
