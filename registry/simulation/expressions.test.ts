import { describe, expect, test } from "vitest";
import { isMet, updated } from "./expressions.ts";

const item = { sequence: { N: "7" }, holder: { S: "ada" } };
const values = { ":seven": { N: "7" }, ":nine": { N: "9" }, ":ada": { S: "ada" } };

describe("a condition", () => {
  test.each([
    ["sequence = :seven", true],
    ["sequence < :seven", false],
    ["#sequence BETWEEN :seven AND :nine", true],
    ["attribute_not_exists(holder) OR holder = :ada", true],
    ["attribute_not_exists(holder) OR (holder = :ada AND sequence > :seven)", false],
    ["NOT attribute_exists(other)", true],
    ["other = :ada", false],
    ["other <> :ada", true],
  ])("%s", (expression, met) => {
    expect(isMet(expression, item, { names: { "#sequence": "sequence" }, values })).toBe(met);
  });

  test("that cannot be read is a fault of the simulation", () => {
    expect(() => isMet("contains(holder, :ada)", item, { values })).toThrow();
  });
});

describe("an update", () => {
  test("sets, removes and adds, each by the item as it was", () => {
    const next = updated("SET last = :nine, before = sequence REMOVE holder ADD sequence :seven, fence :seven", item, { values });
    expect(next).toEqual({ last: { N: "9" }, before: { N: "7" }, sequence: { N: "14" }, fence: { N: "7" } });
  });

  test("counts from what is there, or from what is given", () => {
    expect(updated("SET fence = if_not_exists(fence, :seven) + :nine", item, { values }).fence).toEqual({ N: "16" });
  });
});
