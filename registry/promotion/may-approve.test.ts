import { expect, test } from "vitest";
import { requireMayApprove } from "./may-approve.ts";
import type { Operation } from "./operation.ts";
import { fold } from "./state.ts";
import { secondsIn, step, told } from "./story.fixture.ts";

const hour = 3600;

/** Ada asked for it, tim trained it, and its gates have passed. */
function waiting(changes: Partial<Operation> = {}): Operation {
  const operation = fold(told([step.requested("falcon-1", 1), step.gatesPassed("falcon-1", 1)])).operations.get("falcon-1");
  if (operation === undefined) throw new Error("nothing was requested");
  return { ...operation, ...changes };
}

const approves = (actor: string, operation = waiting(), second = 60) => {
  return () => requireMayApprove(actor, operation, new Date(secondsIn(second)));
};

test("another than who asked and who trained may approve", () => expect(approves("grace")).not.toThrow());

test.each(["ada", "Ada", "tim", "TIM", " tim", "ti\u006d"])(
  "%s, who asked for it or trained it, may not, however the name is spelt",
  (actor) => {
    expect(approves(actor)).toThrow(expect.objectContaining({ code: "registry.four-eyes" }));
  },
);

test("the same letters in another encoding are the same name", () => {
  expect(approves("Zo\u00eb", waiting({ trainedBy: "zoe\u0308" }))).toThrow(expect.objectContaining({ code: "registry.four-eyes" }));
});

test("nobody may where the run does not say who trained it", () => {
  const { trainedBy, ...unknown } = waiting();
  expect(trainedBy).toBe("tim");
  expect(approves("grace", unknown)).toThrow(
    "the run of falcon-1 does not say who trained it: that it is another than grace cannot be told",
  );
  expect(approves("grace", waiting({ trainedBy: " " }))).toThrow(expect.objectContaining({ code: "registry.four-eyes" }));
});

test("an approval that comes too late is refused, whether or not anybody wrote that it expired", () => {
  expect(approves("grace", waiting(), hour)).not.toThrow();
  expect(approves("grace", waiting(), hour + 1)).toThrow("falcon-1 expired at 2026-11-21T11:00:01.000Z: nobody had approved it by then");
});
