import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { seededRandom, shuffledIndices } from "./seeded-random.ts";

test("a seed always gives the same numbers", () => {
  const random = seededRandom(1);
  // the author's reference implementation gives these for seed 1
  expect([random(), random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

test.prop([fc.integer({ min: 0, max: 200 }), fc.nat()])("a shuffle holds every index once", (count, seed) => {
  expect(shuffledIndices(count, seededRandom(seed)).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
});
