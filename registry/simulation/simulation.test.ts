import { beforeAll, expect, test, vi } from "vitest";
import { promotionEventSchema } from "../promotion/events.ts";
import { beginnings } from "./beginning.ts";
import { playRounds, toldRun } from "./rounds.ts";
import { effects, mishaps } from "./scenario.ts";
import type { Beginning } from "./world.ts";

vi.mock("../ledger/chain.ts", async (original) => (await import("./remembered.ts")).rememberedChain(await original()));
vi.mock("../promotion/events.ts", async (original) => (await import("./remembered.ts")).rememberedEvents(await original()));
vi.mock("@falconry/model/frame.ts", async (original) => (await import("./remembered.ts")).rememberedFrames(await original()));
vi.mock("@falconry/model/mlmodel.ts", async (original) => (await import("./remembered.ts")).rememberedMlmodels(await original()));
vi.mock("@falconry/model/session.ts", async (original) => (await import("./remembered.ts")).rememberedModels(await original()));

const minute = 60_000;
const { FALCONRY_RUNS, FALCONRY_SEED, FALCONRY_PATH } = process.env;
const runs = Number(FALCONRY_RUNS ?? 1000);
const seed = Number(FALCONRY_SEED ?? 20261121);

/** With fewer, chance may leave an event out. */
const enoughForEvents = 1_000;
/** The same of each mishap of each call. */
const enoughForMishaps = 10_000;

let all: Beginning[];
beforeAll(async () => {
  all = await beginnings();
}, minute);

test(
  `whatever dies, is lost, late or doubled, and whoever acts at the wrong moment: the laws hold in ${runs} runs`,
  async () => {
    const { broken, befallen, events } = await playRounds(all, { runs, seed, ...(FALCONRY_PATH && { path: FALCONRY_PATH }) });
    if (broken !== undefined) expect.fail(toldRun(broken));
    const never = promotionEventSchema.options.map(({ shape }) => shape.type.value).filter((type) => !events.has(type));
    if (runs >= enoughForEvents) expect(never).toEqual([]);
    const unproven = Object.keys(effects)
      .flatMap((name) => mishaps.map((mishap) => `${mishap} ${name}`))
      .filter((what) => !befallen.has(what));
    if (runs >= enoughForMishaps) expect(unproven).toEqual([]);
  },
  30 * minute,
);

test(
  "the same scenario gives the same run, to the last call",
  async () => {
    const once = async () => (await playRounds(all, { runs: 20, seed: 7 })).befallen;
    expect(await once()).toEqual(await once());
  },
  minute,
);
