import { describe, expect, test } from "vitest";
import type { EventDraft } from "./events.ts";
import { champion, fold } from "./state.ts";
import { step, told, wentLive } from "./story.fixture.ts";

const after = (...drafts: EventDraft[]) => fold(told(drafts));
const goodVersions = (...drafts: EventDraft[]) => after(...drafts).good.map(({ version }) => version);
const one = wentLive("falcon-1", 1, "bootstrap");
const two = wentLive("falcon-7", 2, "v1");
const three = wentLive("falcon-13", 3, "v2");
const rolledBack = (promotion: string, from: number, to: number) => [
  step.rollingBack(promotion, from, to),
  step.updating(promotion, `v${to}`),
  step.rolledBack(promotion, to),
];

describe("what is in flight", () => {
  test("nothing, before anything was asked for", () => expect(after().inFlight).toBeUndefined());
  test("a promotion from its request on", () => expect(after(step.requested("falcon-1", 1)).inFlight?.id).toBe("falcon-1"));
  test("nothing once it is live", () => expect(after(...one).inFlight).toBeUndefined());
  test("nothing once a gate refused it", () =>
    expect(after(step.requested("falcon-1", 1), step.gatesFailed("falcon-1")).inFlight).toBeUndefined());
  test("nothing once it failed", () => {
    expect(after(...two.slice(0, 5), step.failed("falcon-7")).inFlight).toBeUndefined();
  });
  test("the rollback that gave a promotion up", () => {
    const state = after(
      ...one,
      ...two,
      step.requested("falcon-13", 3),
      step.gatesPassed("falcon-13", 3),
      step.rollingBack("falcon-15", 2, 1, "falcon-13"),
    );
    expect(state.inFlight?.id).toBe("falcon-15");
    expect(state.operations.get("falcon-13")?.progress).toEqual({ state: "superseded", because: "by falcon-15" });
  });
});

describe("the champion and what stands behind it", () => {
  test("nobody at first", () => expect(champion(after())).toBeUndefined());
  test("whoever went live last", () => expect(goodVersions(...one, ...two)).toEqual([1, 2]));
  test("a failed deployment changes nothing", () => {
    expect(goodVersions(...one, ...two.slice(0, 5), step.failed("falcon-7"))).toEqual([1]);
  });
  test("a rollback takes back what went live since", () => {
    expect(goodVersions(...one, ...two, ...three, ...rolledBack("falcon-19", 3, 1))).toEqual([1]);
  });
  test("two rollbacks go two versions back", () => {
    expect(goodVersions(...one, ...two, ...three, ...rolledBack("falcon-19", 3, 2), ...rolledBack("falcon-22", 2, 1))).toEqual([1]);
  });
  test("a version that was rolled back from may be put back by name", () => {
    const events = [...one, ...two, ...rolledBack("falcon-13", 2, 1), ...rolledBack("falcon-16", 1, 2)];
    expect(goodVersions(...events)).toEqual([1, 2]);
    expect([...after(...events).everLive.keys()]).toEqual([1, 2]);
  });
});

test("an event that cannot follow is no part of a ledger of ours", () => {
  expect(() => after(step.approved("falcon-1"))).toThrow("nothing that was asked for");
  expect(() => after(step.requested("falcon-1", 1), step.approved("falcon-1"))).toThrow('event 2 of type "approved" follows "requested"');
});
