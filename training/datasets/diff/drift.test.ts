import { seededRandom } from "@falconry/model/seeded-random.ts";
import { describe, expect, test } from "vitest";
import { drift } from "./drift.ts";

/** Counts of `size` values that fall into bins with these shares. */
function sample(shares: number[], size: number, random: () => number): number[] {
  const counts = shares.map(() => 0);
  const ends = shares.map((_, index) => (index === shares.length - 1 ? 1 : shares.slice(0, index + 1).reduce((sum, share) => sum + share)));
  for (let value = 0; value < size; value += 1) {
    const uniform = random();
    const at = ends.findIndex((end) => uniform < end);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function pairs(from: number[], to: number[]): [number, number][] {
  return from.map((count, bin) => [count, to[bin] ?? 0]);
}

describe("drift", () => {
  test("is none between a version and itself", () => {
    const counts = [5, 50, 0, 45];
    expect(drift(pairs(counts, counts))).toMatchObject({ psi: 0, verdict: "none" });
  });

  test("is the population stability index", () => {
    const { psi } = drift(pairs([5_000_000, 5_000_000], [6_000_000, 4_000_000]));
    expect(psi).toBeCloseTo(0.1 * Math.log(0.6 / 0.5) - 0.1 * Math.log(0.4 / 0.5), 5);
  });

  test("between two samples of the same is above chance about once in twenty times", () => {
    const random = seededRandom(3);
    const shares = Array.from({ length: 10 }, () => 0.1);
    const found = Array.from({ length: 1_000 }, () => drift(pairs(sample(shares, 300, random), sample(shares, 500, random))));
    const alarms = found.filter(({ verdict }) => verdict !== "none").length / found.length;
    expect(alarms).toBeGreaterThan(0.02);
    expect(alarms).toBeLessThan(0.08);
  });

  test.each([
    ["small", [52, 48]],
    ["moderate", [66, 34]],
    ["large", [80, 20]],
  ])("is %s by its size", (verdict, to) => {
    const many = (counts: number[]) => counts.map((count) => count * 1_000);
    expect(drift(pairs(many([50, 50]), many(to))).verdict).toBe(verdict);
  });

  test("of a version without rows is not known to be any", () => {
    expect(drift(pairs([0, 0], [3, 4])).verdict).toBe("none");
    expect(drift([])).toEqual({ psi: 0, chance: 0, verdict: "none" });
  });
});
