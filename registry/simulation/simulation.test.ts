import { beforeAll, expect, test, vi } from "vitest";
import { beginnings } from "./beginning.ts";
import { playRounds, toldRun } from "./rounds.ts";
import { mishaps } from "./scenario.ts";
import type { Beginning } from "./world.ts";

vi.mock("@falconry/model/frame.ts", async (original) => (await import("./remembered.ts")).rememberedFrames(await original()));
vi.mock("@falconry/model/mlmodel.ts", async (original) => (await import("./remembered.ts")).rememberedMlmodels(await original()));
vi.mock("@falconry/model/session.ts", async (original) => (await import("./remembered.ts")).rememberedModels(await original()));

const minute = 60_000;
const { FALCONRY_RUNS, FALCONRY_SEED, FALCONRY_PATH } = process.env;
const runs = Number(FALCONRY_RUNS ?? 2_000);
const seed = Number(FALCONRY_SEED ?? 20261121);

/** With fewer, chance may leave a mishap out. */
const enoughRuns = 10_000;

/** What changes something: each mishap has to befall each of these, or the runs prove less than they say. */
const effects = ["TransactWriteItems", "PutObject", "CreateModel", "CreateEndpointConfig", "UpdateEndpoint"].map(
  (name) => `${name}Command`,
);

let all: Beginning[];
beforeAll(async () => {
  all = await beginnings();
}, minute);

test(
  `whatever dies, is lost, late or doubled, and whoever acts at the wrong moment: the laws hold in ${runs} runs`,
  async () => {
    const { broken, befallen, events } = await playRounds(all, { runs, seed, ...(FALCONRY_PATH && { path: FALCONRY_PATH }) });
    if (broken !== undefined) expect.fail(toldRun(broken));
    if (runs < enoughRuns) return;
    const unproven = [...effects, "setAlias"]
      .flatMap((name) => mishaps.map((mishap) => `${mishap} ${name}`))
      .filter((what) => !befallen.has(what));
    expect(unproven).toEqual([]);
    expect([...events.keys()].sort()).toEqual([
      "approved",
      "deploying",
      "failed",
      "gates-failed",
      "gates-passed",
      "live",
      "probe-failed",
      "rejected",
      "requested",
      "rolled-back",
      "rolling-back",
      "updating",
    ]);
  },
  30 * minute,
);

test("the same scenario gives the same run, to the last call", async () => {
  const once = async () => (await playRounds(all, { runs: 20, seed: 7 })).befallen;
  expect(await once()).toEqual(await once());
});
