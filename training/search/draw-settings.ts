import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import type { SearchDimension, SearchSpace } from "../candidates/search-space.ts";

export type DrawnSettings = Record<string, number | string | readonly number[]>;

/** Settings within the space; which ones depends on the seed and the trial's number only, so that no trial waits for another. */
export function drawSettings(space: SearchSpace, seed: number, trial: number): DrawnSettings {
  const random = seededRandom(Number.parseInt(sha256(canonicalJson(["trial", seed, trial])).slice(0, 8), 16));
  return Object.fromEntries(Object.entries(space).map(([name, dimension]) => [name, drawn(dimension, random())]));
}

/** @param share uniform in [0, 1) */
function drawn(dimension: SearchDimension, share: number): number | string | readonly number[] {
  switch (dimension.type) {
    case "choice":
      return dimension.values[Math.floor(share * dimension.values.length)] ?? "";
    case "integer":
      // each whole number between the bounds, both included, has a stretch of its own
      return Math.floor(between({ ...dimension, high: dimension.high + 1 }, share));
    case "number":
      return Number(between(dimension, share).toPrecision(digits));
  }
}

/** More say nothing, and are hard to read. */
const digits = 4;

function between({ low, high, scale }: { low: number; high: number; scale: "linear" | "log" }, share: number): number {
  return scale === "log" ? low * (high / low) ** share : low + share * (high - low);
}
