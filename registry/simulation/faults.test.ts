import { beforeAll, describe, expect, test, vi } from "vitest";
import { beginnings } from "./beginning.ts";
import { faults } from "./faults.ts";
import { playRounds } from "./rounds.ts";
import { weathers } from "./scenario.ts";
import type { Beginning } from "./world.ts";

vi.mock("../ledger/chain.ts", async (original) => (await import("./remembered.ts")).rememberedChain(await original()));
vi.mock("../promotion/events.ts", async (original) => (await import("./remembered.ts")).rememberedEvents(await original()));
vi.mock("@falconry/model/frame.ts", async (original) => (await import("./remembered.ts")).rememberedFrames(await original()));
vi.mock("@falconry/model/mlmodel.ts", async (original) => (await import("./remembered.ts")).rememberedMlmodels(await original()));
vi.mock("@falconry/model/session.ts", async (original) => (await import("./remembered.ts")).rememberedModels(await original()));

const minute = 60_000;
/** A fault that so many runs do not show counts as one that the simulation lets through. */
const runs = 500;

let all: Beginning[];
beforeAll(async () => {
  all = await beginnings();
}, minute);

describe("a deliberate fault breaks its law", () => {
  test.each(Object.entries(faults))(
    "%s",
    async (_, { law, fault, weather }) => {
      const { broken } = await playRounds(all, { runs, seed: 1, fault, law, weather: weathers[weather], shrink: false });
      expect(broken?.run.violations).toContainEqual(expect.stringMatching(law));
    },
    5 * minute,
  );
});
