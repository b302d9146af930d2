import { expect, test } from "vitest";
import { rollBack } from "./roll-back.ts";
import { event, type Standing, scriptedControlPlane } from "./scripted-control-plane.fixture.ts";

const quiet = { pause: async () => {}, progress: () => {} };
const how = { reason: "recall fell" };
const begun: Standing = { events: [event(1, "rolling-back")], states: { "falcon-1": { kind: "rollback", state: "rolling-back" } } };

function ended(state: Standing["states"][string]): Standing {
  return { events: [...begun.events, event(2, "rolled-back")], states: { "falcon-1": { kind: "rollback", ...state } } };
}

test("a rollback is waited for, and tells from where to where it went and how long it took", async () => {
  const controlPlane = scriptedControlPlane([begun, begun, ended({ state: "rolled-back", from: 2, to: 1, seconds: 1.2 })]);
  expect(await rollBack(controlPlane, "falcon", how, quiet)).toEqual({
    rollback: "falcon-1",
    workload: "falcon",
    from: 2,
    to: 1,
    seconds: 1.2,
  });
});

test.each([
  ["failed", "registry.deployment-failed"],
  ["superseded", "registry.superseded"],
] as const)("one that is %s is no success", async (state, code) => {
  const controlPlane = scriptedControlPlane([begun, ended({ state, because: "its container died" })]);
  await expect(rollBack(controlPlane, "falcon", how, quiet)).rejects.toMatchObject({
    code,
    message: expect.stringContaining("its container died"),
  });
});
