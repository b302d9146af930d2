import { expect, test } from "vitest";
import type { Followed } from "./follow.ts";
import { exitCodeOf } from "./outcome.ts";

function followed(state: Followed["report"]["state"]): Followed {
  const report = {
    promotion: "falcon-1",
    kind: "promotion",
    workload: "falcon",
    version: 2,
    askedBy: "scientist",
    gates: [],
    state,
  } as const;
  return { report, events: [] };
}

test.each(["refused", "rejected", "cancelled", "expired", "failed", "superseded", "rolled-back"] as const)("%s is no success", (state) => {
  expect(exitCodeOf(followed(state))).toBe(3);
});

test.each(["awaiting-approval", "approved", "deploying", "canary", "live"] as const)("%s is no failure", (state) => {
  expect(exitCodeOf(followed(state))).toBe(0);
});
