import { beforeAll, expect, test } from "vitest";
import { beginnings } from "./beginning.ts";
import { play } from "./play.ts";
import { enoughTraffic, type Scenario } from "./scenario.ts";
import type { Beginning } from "./world.ts";

const minute = 60_000;

let beginning: Beginning | undefined;
beforeAll(async () => {
  beginning = (await beginnings())[1];
}, minute);

/** A good version is promoted beside a champion, by two drivers that know nothing of each other. */
async function promoted(how: Pick<Scenario, "slow" | "away">) {
  if (beginning === undefined) throw new Error("nothing went live before");
  const run = await play(
    beginning,
    {
      past: 1,
      steps: [
        { act: { type: "promote", version: 2, again: false }, after: "rest" },
        { act: { type: "approve", which: "last", by: "grace" }, after: { seconds: 200 } },
        { act: { type: "wait", seconds: 300 }, after: { seconds: 0 } },
      ],
      mishaps: [],
      picks: [1, 0, 2],
      courses: [{ seconds: 10, ends: "comes-up" }],
      ailments: {},
      traffic: { requestsPerSecond: enoughTraffic, delaySeconds: 0 },
      drivers: [4, 5],
      ...how,
    },
    { isTold: true },
  );
  const events = run.world.events.filter(
    ({ promotion }) => promotion === run.world.events.findLast(({ type }) => type === "requested")?.promotion,
  );
  return { ...run, types: events.map(({ type }) => type) };
}

const goesLive = ["requested", "gates-passed", "approved", "deploying", "updating", "baking", "completing", "live", "mirrored"];

test(
  "gates that take longer than a lease lasts are run once, and recorded",
  async () => {
    const { violations, types, account } = await promoted({ slow: { of: "downloadArtifact", seconds: 12 } });
    expect(violations).toEqual([]);
    expect(types.filter((type) => type !== "mirrored" && type !== "noticed")).toEqual(goesLive.slice(0, -1));
    const downloads = account.filter((line) => / downloadArtifact model\.onnx/.test(line));
    expect(downloads.length).toBeLessThanOrEqual(2);
  },
  minute,
);

test(
  "a topic that takes nothing keeps no canary from going live, and hears of it later",
  async () => {
    const { violations, types } = await promoted({ away: "PublishCommand" });
    expect(violations).toEqual([]);
    expect(types).toContain("live");
  },
  minute,
);
