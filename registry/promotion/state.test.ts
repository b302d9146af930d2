import { describe, expect, test } from "vitest";
import type { EventDraft } from "./events.ts";
import { aliasesOf, champion, fold } from "./state.ts";
import { step, told, wentLive } from "./story.fixture.ts";

const after = (...drafts: EventDraft[]) => fold(told(drafts));
const goodVersions = (...drafts: EventDraft[]) => after(...drafts).good.map(({ version }) => version);
const one = wentLive("falcon-1", 1, "bootstrap");
const two = wentLive("falcon-7", 2, "v1");
const three = wentLive("falcon-15", 3, "v2");
const awaitingTwo = [step.requested("falcon-7", 2), step.gatesPassed("falcon-7", 2)];
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
  test.each([step.rejected, step.cancelled, step.expired])("nothing once nobody wants it", (ends) => {
    expect(after(...one, ...awaitingTwo, ends("falcon-7")).inFlight).toBeUndefined();
  });
  test("the rollback that gave a promotion up", () => {
    const state = after(...one, ...awaitingTwo, step.rollingBack("falcon-9", 2, 1, "falcon-7"));
    expect(state.inFlight?.id).toBe("falcon-9");
    expect(state.operations.get("falcon-7")?.progress).toEqual({ state: "superseded", because: "by falcon-9" });
  });
  test("a repair before the promotion that waits for people, and that again afterwards", () => {
    const repair = [...one, ...awaitingTwo, step.repairing("falcon-9", 1, "bootstrap")];
    expect(after(...repair)).toMatchObject({ inFlight: { id: "falcon-9" }, promotion: { id: "falcon-7" } });
    expect(after(...repair, step.approved("falcon-7")).promotion?.progress.state).toBe("approved");
    expect(after(...repair, step.rolledBack("falcon-9", 1))).toMatchObject({ inFlight: { id: "falcon-7" }, promotion: { id: "falcon-7" } });
  });
});

describe("a promotion that is given up", () => {
  const canary = [...one, ...two.slice(0, 6), step.givingUp("falcon-7")];
  test("goes back to what served before", () => {
    expect(after(...canary).inFlight).toMatchObject({
      version: 2,
      progress: { state: "rolling-back", to: { version: 1, config: "v1" }, from: { version: 2 }, because: "it is slow" },
      judgement: { verdict: "unhealthy" },
    });
  });
  test("changes no champion, and says from where to where it went, and why", () => {
    const state = after(...canary, step.rolledBack("falcon-7", 1));
    expect(champion(state)?.version).toBe(1);
    expect(state.operations.get("falcon-7")?.progress).toMatchObject({
      state: "rolled-back",
      because: "it is slow",
      wayBack: { from: 2, to: 1, seconds: 1.5, by: "judge" },
    });
  });
  test("goes back to the bootstrap model where it was the first", () => {
    const state = after(...one.slice(0, 5), step.givingUp("falcon-1", "person"));
    expect(state.inFlight?.progress).toMatchObject({ to: { config: "bootstrap", version: 0 } });
  });
});

describe("the champion and what stands behind it", () => {
  test("nobody at first", () => expect(champion(after())).toBeUndefined());
  test("whoever went live last", () => expect(goodVersions(...one, ...two)).toEqual([1, 2]));
  test("a rollback takes back what went live since", () => {
    expect(goodVersions(...one, ...two, ...three, ...rolledBack("falcon-23", 3, 1))).toEqual([1]);
  });
  test("two rollbacks go two versions back", () => {
    expect(goodVersions(...one, ...two, ...three, ...rolledBack("falcon-23", 3, 2), ...rolledBack("falcon-26", 2, 1))).toEqual([1]);
  });
  test("a version that was rolled back from may be put back by name", () => {
    const events = [...one, ...two, ...rolledBack("falcon-15", 2, 1), ...rolledBack("falcon-18", 1, 2)];
    expect(goodVersions(...events)).toEqual([1, 2]);
    expect([...after(...events).everLive.keys()]).toEqual([1, 2]);
  });
  test("a repair changes nothing of it", () => {
    expect(goodVersions(...one, ...two, step.repairing("falcon-15", 2, "v1"), step.rolledBack("falcon-15", 2))).toEqual([1, 2]);
  });
});

describe("versions that were rolled back from", () => {
  const left = (...drafts: EventDraft[]) => [...after(...drafts).rolledBackFrom];
  test("by a rollback", () => expect(left(...one, ...two, ...rolledBack("falcon-15", 2, 1))).toEqual([2]));
  test("on their way, by whomever", () => expect(left(...one, ...two.slice(0, 6), step.givingUp("falcon-7"))).toEqual([2]));
  test("on their way, for another version", () => {
    expect(left(...one, ...two.slice(0, 6), step.rollingBack("falcon-13", 2, 1, "falcon-7"))).toEqual([2]);
  });
  test("not those that were only waiting", () => {
    expect(left(...one, ...awaitingTwo, ...rolledBack("falcon-9", 1, 1))).not.toContain(2);
  });
  test("no more once they are live again", () => {
    expect(left(...one, ...two, ...rolledBack("falcon-15", 2, 1), ...rolledBack("falcon-18", 1, 2))).toEqual([1]);
  });
});

describe("aliases", () => {
  test("name the champion, and the version that passed its gates", () => {
    expect(aliasesOf(after(...one, step.requested("falcon-7", 2)))).toEqual({ champion: 1 });
    expect(aliasesOf(after(...one, ...awaitingTwo))).toEqual({ champion: 1, challenger: 2 });
  });
});

test("a state goes on from an earlier one as from the beginning, and leaves that as it was", () => {
  const events = told([...one, ...two, ...rolledBack("falcon-15", 2, 1)]);
  const early = fold(events.slice(0, 9));
  const before = structuredClone(early);
  expect(fold(events.slice(9), early)).toEqual(fold(events));
  expect(early).toEqual(before);
});

describe("an event that cannot follow is no part of a ledger of ours", () => {
  test.each<[string, string, EventDraft[]]>([
    ["about nothing", "nothing that was asked for", [step.approved("falcon-1")]],
    [
      "approved before the gates",
      'event 2 of type "approved" follows "requested"',
      [step.requested("falcon-1", 1), step.approved("falcon-1")],
    ],
    ["live from a canary that nobody completed", 'of type "live" follows "canary"', [...one, ...two.slice(0, 6), step.live("falcon-7", 2)]],
    ["live at once beside a champion", 'of type "live" follows "deploying"', [...one, ...two.slice(0, 5), step.live("falcon-7", 2)]],
    ["a canary of the first version", 'of type "baking" follows "deploying"', [...one.slice(0, 5), step.baking("falcon-1", "now")]],
    ["anything after the end", 'of type "giving-up" follows "live"', [...one, step.givingUp("falcon-1")]],
  ])("%s", (_, words, drafts) => expect(() => after(...drafts)).toThrow(words));
});
