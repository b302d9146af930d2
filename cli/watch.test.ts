import { FalconryError } from "@falconry/environment/error.ts";
import type { ErrorCode } from "@falconry/environment/error-catalogue.ts";
import { describe, expect, test } from "vitest";
import { event, type Standing, scriptedControlPlane } from "./scripted-control-plane.fixture.ts";
import { watch, watchOne } from "./watch.ts";

const quiet = { pause: async () => {}, progress: () => {} };
const requested = event(1, "requested");

/** What watching the standings tells. */
async function told(...standings: Parameters<typeof scriptedControlPlane>[0]) {
  const types: string[] = [];
  const onEvent: Parameters<typeof watch>[2]["onEvent"] = ({ type }) => types.push(type);
  const watched = await watch(scriptedControlPlane(standings), "falcon", { ...quiet, onEvent });
  return { types, outcome: watched?.outcome, promotion: watched?.report.promotion };
}

const baking: Standing = { inFlight: "falcon-1", events: [requested, event(2, "baking")], states: { "falcon-1": { state: "canary" } } };

test("every event is told once, from the one that began it, in pages, until it rests", async () => {
  const live = { events: [...baking.events, event(3, "completing"), event(4, "live")], states: { "falcon-1": { state: "live" } } } as const;
  expect(await told(baking, baking, { ...live, events: [...live.events] })).toEqual({
    types: ["requested", "baking", "completing", "live"],
    outcome: "done",
    promotion: "falcon-1",
  });
});

test("what happened before it is not told", async () => {
  const earlier = [event(1, "requested", "falcon-1"), event(2, "live", "falcon-1")];
  const now: Standing = {
    inFlight: "falcon-3",
    events: [...earlier, event(3, "requested", "falcon-3")],
    states: { "falcon-3": { state: "live" } },
  };
  expect((await told(now)).types).toEqual(["requested"]);
});

test("where nothing is in flight there is nothing to follow", async () => {
  const controlPlane = scriptedControlPlane([{ events: [requested], states: {} }]);
  expect(await watch(controlPlane, "falcon", quiet)).toBeUndefined();
  expect(controlPlane.passes()).toBe(0);
});

describe("it ends as", () => {
  const endsAs = async (state: Standing["states"][string], ...events: Standing["events"]) => {
    const { outcome } = await told(baking, { events: [...baking.events, ...events], states: { "falcon-1": state } });
    return outcome;
  };

  test.each(["refused", "rejected", "cancelled", "expired", "failed"] as const)("refused where it is %s", async (state) => {
    expect(await endsAs({ state })).toBe("refused");
  });

  test.each(["judge", "sagemaker", "probe"] as const)("refused where it was rolled back by %s", async (by) => {
    expect(await endsAs({ state: "rolled-back" }, event(3, "giving-up", "falcon-1", { by }), event(4, "rolled-back"))).toBe("refused");
  });

  test("done where a person gave it up, as asked", async () => {
    expect(await endsAs({ state: "rolled-back" }, event(3, "giving-up", "falcon-1", { by: "person" }), event(4, "rolled-back"))).toBe(
      "done",
    );
  });

  test("done where a rollback is rolled back, and a repair repaired", async () => {
    expect(await endsAs({ kind: "rollback", state: "rolled-back" })).toBe("done");
    expect(await endsAs({ kind: "repair", state: "repaired" })).toBe("done");
  });

  test("waiting where a person has to decide", async () => {
    expect(await endsAs({ state: "awaiting-approval" })).toBe("waiting");
  });
});

test("what supersedes it is followed too", async () => {
  const superseded: Standing = {
    inFlight: "falcon-3",
    events: [...baking.events, event(3, "rolling-back", "falcon-3")],
    states: { "falcon-1": { state: "superseded" }, "falcon-3": { kind: "rollback", state: "rolling-back" } },
  };
  const ended: Standing = { events: superseded.events, states: { "falcon-3": { kind: "rollback", state: "rolled-back" } } };
  expect(await told(baking, superseded, ended)).toMatchObject({ outcome: "done", promotion: "falcon-3" });
});

const failing = (code: ErrorCode) => new FalconryError(code, { message: "not now", hint: "Wait" });

test.each(["control-plane.unreachable", "control-plane.too-many-requests", "control-plane.answer", "environment.unreachable"] as const)(
  "it goes on all the same, and is followed further, after %s",
  async (code) => {
    const live: Standing = { events: [...baking.events, event(3, "live")], states: { "falcon-1": { state: "live" } } };
    expect(await told(baking, failing(code), failing(code), live)).toMatchObject({
      types: ["requested", "baking", "live"],
      outcome: "done",
    });
  },
);

test("a control plane that stays away is said", async () => {
  const gone = Array.from({ length: 100 }, () => failing("control-plane.unreachable"));
  await expect(told(baking, ...gone)).rejects.toMatchObject({ code: "control-plane.unreachable" });
});

test("a refusal ends it at once", async () => {
  await expect(told(baking, failing("control-plane.not-allowed"), baking)).rejects.toMatchObject({ code: "control-plane.not-allowed" });
});

test("one that has ended is told from its beginning by its id", async () => {
  const controlPlane = scriptedControlPlane([
    { events: [requested, event(2, "gates-failed")], states: { "falcon-1": { state: "refused" } } },
  ]);
  const watched = await watchOne(controlPlane, "falcon", "falcon-1", quiet);
  expect([watched.outcome, watched.events.length]).toEqual(["refused", 2]);
});
