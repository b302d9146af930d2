import { canarySettings } from "@falconry/model/canary.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { describe, expect, test } from "vitest";
import { type Behaviour, badChallengers, goodChallengers, shareOf, simulateCanary } from "./simulated-canary.fixture.ts";

/** Few, for the sake of time; `scripts/bench judge` bakes more. The seed makes them the same each time. */
const canaries = 40;
const settings = canarySettings({});

describe.each([
  { requestsPerSecond: 5, settled: 1 },
  { requestsPerSecond: 0.5, settled: 0.6 },
])("with the default settings, at $requestsPerSecond requests per second to each version", ({ requestsPerSecond, settled }) => {
  const bake = (challenger: Behaviour) => {
    const random = seededRandom(1);
    return Array.from({ length: canaries }, () => simulateCanary(challenger, requestsPerSecond, settings, random));
  };

  test.each(Object.entries(goodChallengers))("hardly a good one is found unhealthy, looked at again and again: %s", (_, challenger) => {
    const baked = bake(challenger);
    expect(shareOf("unhealthy", baked)).toBeLessThanOrEqual(0.05);
    expect(shareOf("healthy", baked)).toBeGreaterThanOrEqual(settled);
  });

  test.each(Object.entries(badChallengers))("no bad one is found healthy: %s", (_, challenger) => {
    const baked = bake(challenger);
    expect(shareOf("healthy", baked)).toBe(0);
    expect(shareOf("unhealthy", baked)).toBeGreaterThanOrEqual(settled);
  });
});
