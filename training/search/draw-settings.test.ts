import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { SearchSpace } from "../candidates/search-space.ts";
import { drawSettings } from "./draw-settings.ts";

const space: SearchSpace = {
  rate: { type: "number", low: 1e-4, high: 1e2, scale: "log" },
  share: { type: "number", low: 0.5, high: 1, scale: "linear" },
  leaves: { type: "integer", low: 2, high: 5, scale: "linear" },
  rounds: { type: "integer", low: 1, high: 1000, scale: "log" },
  units: { type: "choice", values: [[16], [32, 16]] },
};
const drawn = Array.from({ length: 2000 }, (_, trial) => drawSettings(space, 7, trial + 1));
const valuesOf = (name: string) => drawn.map((settings) => settings[name]);

property.prop([fc.nat(), fc.nat()])("what is drawn lies within the bounds", (seed, trial) => {
  const { rate, share, leaves, rounds } = drawSettings(space, seed, trial);
  expect([Number(rate) >= 1e-4, Number(rate) <= 1e2, Number(share) >= 0.5, Number(share) <= 1]).toEqual([true, true, true, true]);
  expect([Number.isInteger(leaves), Number(leaves) >= 2, Number(leaves) <= 5]).toEqual([true, true, true]);
  expect([Number.isInteger(rounds), Number(rounds) >= 1, Number(rounds) <= 1000]).toEqual([true, true, true]);
});

test("each whole number and each choice is drawn about as often", () => {
  for (const leaves of [2, 3, 4, 5])
    expect(valuesOf("leaves").filter((value) => value === leaves).length / drawn.length).toBeCloseTo(1 / 4, 1);
  expect(valuesOf("units").filter((value) => JSON.stringify(value) === "[16]").length / drawn.length).toBeCloseTo(1 / 2, 1);
});

test("on a log scale each power of ten is drawn as often", () => {
  expect(valuesOf("rate").filter((value) => Number(value) < 0.1).length / drawn.length).toBeCloseTo(1 / 2, 1);
});

test("the seed and the trial's number decide, and nothing else", () => {
  expect(drawSettings(space, 7, 3)).toEqual(drawn[2]);
  expect(drawSettings(space, 8, 3)).not.toEqual(drawn[2]);
  expect(new Set(drawn.map((settings) => JSON.stringify(settings))).size).toBe(drawn.length);
});
